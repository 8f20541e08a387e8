"""What a batch, a file, a clock and an id are. Standard library only: no I/O, no HTTP, no wall time, no chance."""
