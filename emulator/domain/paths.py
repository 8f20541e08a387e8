"""Dotted paths into JSON values, and changes made along them: `data.0.status`, `request_counts.total`."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Changes:
    """What is set, and what is taken away, in a JSON value; a path that leads nowhere changes nothing."""

    set: Mapping[str, Any] = field(default_factory=dict)
    unset: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.set or self.unset)

    def then(self, later: Changes) -> Changes:
        """Return both changes as one; the later ones win."""
        kept = {path: value for path, value in self.set.items() if path not in later.unset}
        gone = tuple(path for path in self.unset if path not in later.set)
        return Changes({**kept, **later.set}, tuple(dict.fromkeys((*gone, *later.unset))))

    def under(self, prefix: str) -> Changes:
        """Return the same changes, made to what stands at `prefix`."""
        return Changes(
            {f"{prefix}.{path}": value for path, value in self.set.items()},
            tuple(f"{prefix}.{path}" for path in self.unset),
        )

    def applied(self, value: Any) -> Any:
        """Return a changed copy of the value."""
        changed = value
        for path, new in self.set.items():
            changed = _with(changed, path.split("."), new)
        for path in self.unset:
            changed = _with(changed, path.split("."), _MISSING)
        return changed


UNCHANGED: Final = Changes()


def look(value: Any, path: str) -> Any:
    """Return what stands at a path, or None when it leads nowhere."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and (place := _place(step, len(value))) is not None:
            value = value[place]
        else:
            return None
    return value


def alike_at(value: Any, wanted: Mapping[str, Any]) -> bool:
    """Return whether at each path there stands what is wanted; wanted text is a glob."""
    return all(_alike(look(value, path), expected) for path, expected in wanted.items())


def _alike(found: object, wanted: object) -> bool:
    if isinstance(wanted, str) and isinstance(found, str):
        return fnmatchcase(found, wanted)
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _place(step: str, length: int) -> int | None:
    """Return the index that a step of a path means in a list of this length; `-1` is its last item."""
    if not step.removeprefix("-").isdecimal():
        return None
    place = int(step) + length if step.startswith("-") else int(step)
    return place if 0 <= place < length else None


def _with(value: Any, steps: list[str], new: Any) -> Any:
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        return _with_member(value, step, rest, new)
    if isinstance(value, list) and (place := _place(step, len(value))) is not None:
        item = _with(value[place], rest, new) if rest else new
        return [*value[:place], *([] if item is _MISSING else [item]), *value[place + 1 :]]
    return value


def _with_member(value: dict[str, Any], step: str, rest: list[str], new: Any) -> dict[str, Any]:
    if rest:
        return {**value, step: _with(value[step], rest, new)} if step in value else value
    if new is _MISSING:
        return {name: member for name, member in value.items() if name != step}
    return {**value, step: new}
