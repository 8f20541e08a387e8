"""What came back, read: an object as the contract promises it, the bytes of a file, or an error that keeps the reply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from . import json_text
from .errors import ApiError, UnexpectedStatus, UnreadableReply
from .shapes import Misfit, Shape, of

if TYPE_CHECKING:
    from .wire import Reply

Json: TypeAlias = "dict[str, Any]"

_MEDIA_TYPE: Final = "application/json"
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]*)""", re.IGNORECASE)


def read_object(reply: Reply, shape: Shape) -> Json:
    """Return the reply's JSON, with every member as it came. Raises ApiError, UnexpectedStatus, UnreadableReply."""
    _check_success(reply)
    _check_media_type(reply)
    try:
        value: Json = json_text.loads(reply.body)
        of(shape)("body", value)
    except (json_text.NotJson, Misfit) as error:
        raise _unreadable(reply, str(error)) from None
    return value


def read_bytes(reply: Reply) -> bytes:
    """Return the reply's body, whatever type it is said to have. Raises ApiError, UnexpectedStatus, UnreadableReply."""
    _check_success(reply)
    return reply.body


def _check_success(reply: Reply) -> None:
    if 400 <= reply.status <= 599:
        raise ApiError(f"status {reply.status}: {_beginning(reply)}", status=reply.status, body=reply.body)
    if reply.status != 200:
        raise UnexpectedStatus(f"expected status 200, got {reply.status}", status=reply.status, body=reply.body)
    coding = reply.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise _unreadable(reply, f"Content-Encoding: expected none, for none was asked for, got {coding!r}")


def _check_media_type(reply: Reply) -> None:
    found = reply.headers.get("content-type", "")
    media_type = found.partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise _unreadable(reply, f"Content-Type: expected {_MEDIA_TYPE}, got {found!r}")
    for charset in _CHARSET.findall(found):
        if charset.lower() not in {"utf-8", "utf8"}:
            raise _unreadable(reply, f"Content-Type: expected UTF-8, got {found!r}")


def _unreadable(reply: Reply, why: str) -> UnreadableReply:
    return UnreadableReply(f"status {reply.status}, but {why}", status=reply.status, body=reply.body)


def _beginning(reply: Reply) -> str:
    return reply.body[:200].decode("utf-8", "replace")
