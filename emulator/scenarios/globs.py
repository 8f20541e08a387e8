"""Whether a glob can match anything of a certain shape: two patterns, walked side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_GLOB: Final = re.compile(r"\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_TEMPLATE: Final = re.compile(r"\{[^}]*\}|\*|.", re.DOTALL)
_ANY: Final = "any character"
_OF_A_SEGMENT: Final = "any character but a slash"


class _Token(NamedTuple):
    """One character, or (`repeats`) any number of them: this very one, or one of a kind."""

    what: str
    repeats: bool = False


def can_match(glob: str, template: str) -> bool:
    """Return whether there is a text that both fit.

    In the template `{name}` stands for one segment of a path, and `*` for anything. What a set such as `[a-z]` holds is
    not looked at: it fits any character.
    """
    wanted, there = list(_wanted(glob)), list(_there(template))
    seen: set[tuple[int, int]] = set()
    reached = [(0, 0)]
    while reached:
        at = reached.pop()
        if at == (len(wanted), len(there)):
            return True
        if at not in seen:
            seen.add(at)
            reached += _onward(wanted, there, *at)
    return False


def _wanted(glob: str) -> Iterator[_Token]:
    for piece in _GLOB.findall(glob):
        is_wild = piece in {"*", "?"} or len(piece) > 1
        yield _Token(_ANY if is_wild else piece, repeats=piece == "*")


def _there(template: str) -> Iterator[_Token]:
    for piece in _TEMPLATE.findall(template):
        if len(piece) > 1:
            yield from (_Token(_OF_A_SEGMENT), _Token(_OF_A_SEGMENT, repeats=True))
        else:
            yield _Token(_ANY, repeats=True) if piece == "*" else _Token(piece)


def _onward(wanted: list[_Token], there: list[_Token], i: int, j: int) -> Iterator[tuple[int, int]]:
    ours = wanted[i] if i < len(wanted) else None
    other = there[j] if j < len(there) else None
    if ours and ours.repeats:
        yield i + 1, j
    if other and other.repeats:
        yield i, j + 1
    if ours and other and _share_one({ours.what, other.what}):
        yield i + (not ours.repeats), j + (not other.repeats)


def _share_one(kinds: set[str]) -> bool:
    """Return whether a character is of both kinds."""
    return len(kinds) == 1 or _ANY in kinds or (_OF_A_SEGMENT in kinds and "/" not in kinds)
