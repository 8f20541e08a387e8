"""Where the engine keeps everything it knows: one interface, and its implementations."""
