"""The part that plays the model: a reply body for each good line of a batch, the same one each time.

Owns what a reply says and how it is shaped. Must not know files, batches, clocks, worlds or HTTP.
"""

from emulator.inference.prompt import Prompt
from emulator.inference.replying import UnknownEndpointError, reply

__all__ = ["Prompt", "UnknownEndpointError", "reply"]
