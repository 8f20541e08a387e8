"""A rule that a test has put in force, and how often it has fired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.client import AdminClient


class Rulebook(Protocol):
    """Where rules are counted and taken out of force."""

    @property
    def admin(self) -> AdminClient:
        """The world's admin API."""


class Rule:
    """A rule in force; `key` is its name in the journal, `required` that `Emulator.check` asks for it to have fired."""

    def __init__(self, rulebook: Rulebook, key: str, written: Mapping[str, Any] | str, *, required: bool) -> None:
        self.key = key
        self.written = written
        self.required = required
        self._rulebook = rulebook
        self._final: int | None = None

    @property
    def count(self) -> int:
        """How often it has fired; once it is out of force, how often it had until then."""
        return self._counted() if self._final is None else self._final

    def _counted(self) -> int:
        shown = next((each for each in self._rulebook.admin.rules() if each["rule"] == self.key), None)
        return int(shown["fired"]) if shown else 0

    def remove(self) -> None:
        """Take it out of force; nothing happens if it is already."""
        if self._final is None:
            self.retire()
            self._rulebook.admin.delete_rule(self.key)

    def retire(self) -> None:
        """Keep the count as it is, for the rule is about to go."""
        self._final = self.count

    def __repr__(self) -> str:
        return f"<Rule {self.key}: {self.written}>"
