"""The admin API under `/_emulator`: the door through which people and tools hold the clock, direct and look on."""
