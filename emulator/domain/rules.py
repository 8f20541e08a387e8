"""Rules: one HTTP-level surprise each, a match and its effects. Deciding which fire is done in `deciding`."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from emulator.domain.clock import SECOND_US
from emulator.domain.paths import UNCHANGED, Changes, alike_at, look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.domain.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests a rule means: those for which everything that is given holds.

    Of these, `nth` picks by their number, from 1, and `times` the first so many. `since_us` and `until_us` bound the age
    of the batch that the request is about. Header values and the path are globs.
    """

    operations: frozenset[str] | None = None
    path: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    statuses: frozenset[str] | None = None
    since_us: int | None = None
    until_us: int | None = None
    nth: frozenset[int] | None = None
    every: int | None = None
    times: int | None = None

    def means(self, facts: Facts) -> bool:
        """Return whether the request is one of those that this rule counts."""
        return (
            (self.operations is None or facts.operation in self.operations)
            and (self.path is None or fnmatchcase(facts.path, self.path))
            and all(fnmatchcase(facts.headers.get(name, ""), glob) for name, glob in self.headers.items())
            and (self.statuses is None or facts.status in self.statuses)
            and self._is_of_age(facts.age_us)
        )

    def _is_of_age(self, age_us: int | None) -> bool:
        if self.since_us is None and self.until_us is None:
            return True
        return (
            age_us is not None and (self.since_us or 0) <= age_us and (self.until_us is None or age_us < self.until_us)
        )

    def picks(self, number: int, *, fired: int) -> bool:
        """Return whether the rule fires on its match with this number, from 1, having fired so often."""
        return (
            (self.nth is None or number in self.nth)
            and (self.every is None or number % self.every == 0)
            and (self.times is None or fired < self.times)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StubReply:
    """A reply that is given as it stands; `headers` may hold a name more than once."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a connection ends: after so many bytes of the reply's head, or of its body (the head then whole)."""

    part: Literal["head", "body"] = "head"
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drip:
    """A body that comes in pieces of so many bytes, with this much real time between them, after `first` at once."""

    bytes: int
    every_us: int
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long a request, or a reply, is held up; by the wall's time, or by the world's clock."""

    us: int
    clock: Literal["real", "world"] = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide:
    """Which items are left out of a list: those for which everything that is given holds.

    `where` maps dotted paths to values, strings being globs; an item is hidden until it is `until_us` old.
    """

    where: Mapping[str, Any] = field(default_factory=dict)
    until_us: int | None = None

    def means(self, item: Any, *, now_us: int) -> bool:
        """Return whether an item of a list, as it is shown, is to be left out at this time."""
        return alike_at(item, self.where) and (self.until_us is None or _age_us(item, now_us) < self.until_us)


def _age_us(item: Any, now_us: int) -> float:
    """Return an item's age; one that does not tell when it was created is as old as can be."""
    created_at = look(item, "created_at")
    return now_us - created_at * SECOND_US if isinstance(created_at, int | float) else now_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A match and its effects. With `after`, they come once the operation has taken effect.

    `headers` take the place of the reply's own of these names; `raw` holds texts that are put into its JSON as they stand.
    `arrive` lets so many further batches of the tenant appear before the operation; `truncate` sends only so many bytes of
    the body, `garble` spoils so many of them. `written` is the rule as its author wrote it.
    """

    on: Match
    name: str = ""
    written: Mapping[str, Any] = field(default_factory=dict)
    after: bool = False
    reply: StubReply | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changes: Changes = UNCHANGED
    raw: Mapping[str, str] = field(default_factory=dict)
    hide: Hide | None = None
    arrive: int = 0
    delay: Delay | None = None
    truncate: int | None = None
    garble: int = 0
    drip: Drip | None = None
    reset: Cut | None = None
    close: Cut | None = None

    @property
    def replaces(self) -> bool:
        """Whether it answers, or hangs up, in place of the operation."""
        return not self.after and (self.reply is not None or self.reset is not None or self.close is not None)
