"""An emulator of the MKA1 Batches API: a batch's whole life, on a clock you own, the same way each time."""

__version__ = "0.1.0"
