"""What the objects in replies look like: which members they have, which of them always, and of what type.

Required is what the vendor's reference requires, so that every edition of the API fits. A word that is not known, such as
a new status, is let through as it is, and so are members that are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

LARGEST: Final = 9007199254740991
"""What integers are bounded by, on either side of zero: a double holds no larger one exactly."""

Check: TypeAlias = Callable[[str, Any], None]


class Misfit(ValueError):
    """A value is not what its place asks for; the message says where, what was expected and what came."""

    def __init__(self, place: str, expected: str, value: object) -> None:
        super().__init__(f"{place}: expected {expected}, got {value!a:.80}")


@dataclass(frozen=True)
class Member:
    """One member of an object: the check of its value, and whether it must be there."""

    check: Check
    is_required: bool


Shape: TypeAlias = Mapping[str, Member]


def required(check: Check) -> Member:
    """Say that a member is always there."""
    return Member(check, is_required=True)


def optional(check: Check) -> Member:
    """Say that a member may be absent."""
    return Member(check, is_required=False)


# Values


def text(place: str, value: Any) -> None:
    """Accept text."""
    if not isinstance(value, str):
        raise Misfit(place, "text", value)


def integer(place: str, value: Any) -> None:
    """Accept an integer that a double holds exactly; 1.0 is none, and neither is true."""
    if type(value) is not int:
        raise Misfit(place, "an integer", value)
    if abs(value) > LARGEST:
        raise Misfit(place, f"an integer of at most {LARGEST}", value)


def size(place: str, value: Any) -> None:
    """Accept an integer of 0 or more."""
    integer(place, value)
    if value < 0:
        raise Misfit(place, "an integer of 0 or more", value)


def boolean(place: str, value: Any) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise Misfit(place, "true or false", value)


def word(expected: str) -> Check:
    """Accept one text and no other."""

    def check(place: str, value: Any) -> None:
        if value != expected:
            raise Misfit(place, repr(expected), value)

    return check


def nullable(check: Check) -> Check:
    """Accept null, and whatever else the check accepts."""

    def check_unless_null(place: str, value: Any) -> None:
        if value is not None:
            check(place, value)

    return check_unless_null


def each(check: Check) -> Check:
    """Accept a list in which the check accepts every item."""

    def check_items(place: str, value: Any) -> None:
        if not isinstance(value, list):
            raise Misfit(place, "a list", value)
        for at, item in enumerate(value):
            check(f"{place}[{at}]", item)

    return check_items


def texts(place: str, value: Any) -> None:
    """Accept an object of texts."""
    if not isinstance(value, dict):
        raise Misfit(place, "an object", value)
    for name, member in value.items():
        text(f"{place}.{name}", member)


def of(shape: Shape) -> Check:
    """Accept an object of this shape."""

    def check_members(place: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise Misfit(place, "an object", value)
        for name, member in shape.items():
            if name in value:
                member.check(f"{place}.{name}", value[name])
            elif member.is_required:
                raise Misfit(place, f"the member {name}", value)

    return check_members


# Objects

REQUEST_COUNTS: Final[Shape] = {
    "total": required(integer),
    "completed": required(integer),
    "failed": required(integer),
}
BATCH_ERROR: Final[Shape] = {
    "code": required(text),
    "message": required(text),
    "param": optional(nullable(text)),
    "line": optional(nullable(integer)),
}
BATCH_ERRORS: Final[Shape] = {
    "object": optional(word("list")),
    "data": required(each(of(BATCH_ERROR))),
}
BATCH: Final[Shape] = {
    "id": required(text),
    "object": required(word("batch")),
    "endpoint": required(text),
    "errors": optional(nullable(of(BATCH_ERRORS))),
    "input_file_id": required(text),
    "completion_window": required(text),
    "status": required(text),
    "output_file_id": optional(nullable(text)),
    "error_file_id": optional(nullable(text)),
    "created_at": required(integer),
    "in_progress_at": optional(nullable(integer)),
    "expires_at": optional(nullable(integer)),
    "finalizing_at": optional(nullable(integer)),
    "completed_at": optional(nullable(integer)),
    "failed_at": optional(nullable(integer)),
    "expired_at": optional(nullable(integer)),
    "cancelling_at": optional(nullable(integer)),
    "cancelled_at": optional(nullable(integer)),
    "request_counts": required(of(REQUEST_COUNTS)),
    "metadata": optional(nullable(texts)),
    "max_concurrency": optional(integer),
}
FILE: Final[Shape] = {
    "id": required(text),
    "object": optional(word("file")),
    "bytes": required(size),
    "created_at": required(integer),
    "filename": required(text),
    "purpose": required(text),
    "status": optional(text),
    "expires_at": optional(nullable(integer)),
    "sha256": optional(nullable(text)),
}
DELETED_FILE: Final[Shape] = {
    "id": required(text),
    "object": optional(word("file")),
    "deleted": required(boolean),
}


def page_of(shape: Shape) -> Shape:
    """Return the shape of a page of objects."""
    return {
        "object": optional(word("list")),
        "data": required(each(of(shape))),
        "first_id": optional(nullable(text)),
        "last_id": optional(nullable(text)),
        "has_more": required(boolean),
    }


BATCH_PAGE: Final = page_of(BATCH)
FILE_PAGE: Final = page_of(FILE)
