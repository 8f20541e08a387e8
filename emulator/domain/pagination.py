"""Pages of lists: what is asked for, and what is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """The id by which a page can be continued."""
        ...


Item = TypeVar("Item", bound=Identified)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which page: at most `limit` items that follow the one with the id `after`, in this order of creation."""

    limit: int
    after: str | None = None
    order: Literal["asc", "desc"] = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuery:
    """Which page of which files; a filter that is None lets all pass."""

    page: PageQuery
    purpose: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list, and whether more follow."""

    items: tuple[Item, ...]
    has_more: bool
