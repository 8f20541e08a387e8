"""Many releases of one SDK, held to the same checks: what each of them does, and what each of them changed.

Owns the run over releases, and the table that it makes. What a check is, and how one is run, it leaves to `emulator.verify`.
"""
