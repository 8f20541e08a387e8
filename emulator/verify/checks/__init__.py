"""The checks, a module a group; `emulator.verify.catalog` puts them together."""
