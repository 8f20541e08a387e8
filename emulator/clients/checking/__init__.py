"""`driver check`: small trials that tell the author of a driver what is still wrong with it, and how to mend it.

They are about the driver, not about the SDK that it holds: what only the SDK can answer for is advice, at most.
"""
