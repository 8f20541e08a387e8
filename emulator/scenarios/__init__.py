"""Scenario files: their language and their library. Knows what a script is, and nothing of worlds or of HTTP."""
