"""A client of the MKA1 Batches API on httpx, written by hand: a model of what a good one does.

It shares no code with the emulator and stands on the standard library and httpx alone. What lies where: `client` has
the nine operations, `arguments` puts what the caller says into a request, `wire` carries out one exchange, `retrying`
decides whether there is another, `json_text` and `replies` read what came, `shapes` say what a reply looks like, and
`errors` is everything that a call may end in.
"""

from .arguments import UNSET
from .client import Client
from .errors import (
    ApiError,
    BrokenReply,
    ClientError,
    InvalidArgument,
    TimedOut,
    TransportFault,
    UnexpectedStatus,
    UnreadableReply,
)
from .retrying import ONCE, RetryPolicy

__all__ = [
    "ONCE",
    "UNSET",
    "ApiError",
    "BrokenReply",
    "Client",
    "ClientError",
    "InvalidArgument",
    "RetryPolicy",
    "TimedOut",
    "TransportFault",
    "UnexpectedStatus",
    "UnreadableReply",
]
