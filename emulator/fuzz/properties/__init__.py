"""The properties, a module each."""
