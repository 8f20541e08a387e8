"""The emulator as a Python object: worlds, their clocks, files and batches. No HTTP, no sockets, no wall time."""
