"""All that a call may end in besides its result. Nothing else is raised."""

from __future__ import annotations


class ClientError(Exception):
    """What every error of this client is. `status` and `body` are the reply's, and None where none came."""

    status: int | None = None
    body: str | None = None


class InvalidArgument(ClientError):
    """No request can carry this argument; nothing was sent."""


class TransportFault(ClientError):
    """The connection could not be made, or broke. The operation may have taken effect all the same."""


class BrokenReply(TransportFault):
    """What came is no whole HTTP reply. The operation may have taken effect all the same."""


class TimedOut(TransportFault):
    """The server was waited for as long as was allowed. The operation may have taken effect all the same."""


class ReplyError(ClientError):
    """A reply came, and is not what was asked for. The body is shown as UTF-8, with U+FFFD for what is none."""

    def __init__(self, message: str, *, status: int, body: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.body = body.decode("utf-8", "replace")


class ApiError(ReplyError):
    """The API refused the call or failed: a status from 400 to 599."""


class UnexpectedStatus(ReplyError):
    """The status is neither 200, the one success of this API, nor an error's; redirects are not followed."""


class UnreadableReply(ReplyError):
    """The reply says that the call succeeded, yet it is not what the contract promises of a success."""
