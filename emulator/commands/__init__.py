"""Groups of commands; `emulator.cli` puts them together."""
