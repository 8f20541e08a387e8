"""`verify`: named checks of a client against the contract, each on a world of its own.

It knows the server by its two HTTP faces alone, the API and the admin API, and the client by its driver alone.
"""
