"""What a check is: a name, a place in the contract, a sentence that says what is expected, and a play.

A check says `Failed` or `NotApplicable` by raising it; whatever else it raises is a fault of the check itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.verify.stage import Stage

    Play: TypeAlias = Callable[[Stage], None]

DEADLINE_S: Final = 5.0
"""How long a client may take for a call; its waits between attempts are virtual and do not count."""
TIMEOUT_S: Final = 2.0
"""How long a client is told to wait for the server."""


class Group(StrEnum):
    """What a check is about, in the order in which groups run."""

    REQUESTS = "requests"
    REPLIES = "replies"
    ERRORS = "errors"
    RETRIES = "retries"
    PAGING = "paging"
    FILES = "files"
    TENANCY = "tenancy"
    SCENARIOS = "scenarios"


class Failed(Exception):
    """The client did not do what the check expects: `at` is the place, such as `result.metadata` or `query.limit`."""

    def __init__(self, *, at: str, expected: str, got: str) -> None:
        super().__init__(f"{at}: expected {expected}, got {got}")
        self.at, self.expected, self.got = at, expected, got


class NotApplicable(Exception):
    """The client does not have what the check is about; the message says what that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a check begins with: its world, and how its client is connected. None is the server's own default.

    `timeout_s` is what the client is told to wait for the server, `deadline_s` how long a call may take.
    """

    edition: str | None = None
    scenario: str | None = None
    retries: Literal["default", "off"] = "off"
    on_behalf_of: str | None = None
    timeout_s: float = TIMEOUT_S
    deadline_s: float = DEADLINE_S


PLAIN: Final = Setting()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One named check. `place` is where the contract says it; `expects` is the sentence that people read."""

    name: str
    group: Group
    place: str
    expects: str
    play: Play
    setting: Setting = PLAIN


class Declaring(Protocol):
    """Makes a check of a function that plays it."""

    def __call__(self, name: str, *, place: str, expects: str, setting: Setting = ...) -> Callable[[Play], Check]:
        """Take all of the check but the function."""


def checks_of(group: Group) -> Declaring:
    """Return the decorator with which a module declares the checks of its group."""

    def declare(name: str, *, place: str, expects: str, setting: Setting = PLAIN) -> Callable[[Play], Check]:
        def made(play: Play) -> Check:
            return Check(name=name, group=group, place=place, expects=expects, play=play, setting=setting)

        return made

    return declare
