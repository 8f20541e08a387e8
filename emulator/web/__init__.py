"""The two faces of the emulator on HTTP: the API as the contract has it, and the admin API under `/_emulator`."""
