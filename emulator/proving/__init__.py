"""Proof that a scenario is what it says: legal, asking of clients what it `tolerates`, or hostile, breaking what it `breaks`.

Plays scenarios on a real server and watches it as a careful client would. It knows the server through its two HTTP faces
alone and has its own model of a batch's life; schemas come from the contract.
"""
