"""The library of scenarios: every file of its folders, known by name at once and read when it is first asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NoReturn

from emulator.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from emulator.domain.scenario import Scenario


_DIRECTS: Final = re.compile(rb"""^["']?(rules|edition|extends)["']?\s*:|^\s*[{\[&*!]""", re.MULTILINE)
"""What a file holds that directs requests, or may hold it in disguise."""


class Library:
    """The scenarios of some folders. Reading one takes pydantic and PyYAML, which a server's start need not wait for.

    Of two files of one name that in the later folder counts. `added` holds those that were given at run time.
    """

    def __init__(self, *folders: Path) -> None:
        self._files = {file.stem: file for folder in folders for file in sorted(folder.glob("**/*.yaml"))}
        self._scenarios: dict[str, Scenario] = {}
        self._directing: dict[str, bool] = {}
        self.added: dict[str, Scenario] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._files or name in self.added

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        return tuple(sorted({*self._files, *self.added}))

    def check(self, name: str) -> str:
        """Return the name if there is such a scenario; else raise InvalidRequest with the nearest ones."""
        if name not in self:
            refuse(name, self.names)
        return name

    def directs(self, name: str) -> bool:
        """Return whether a scenario may have something to say to requests; to tell so, its file need not be understood."""
        if name in self.added or name not in self._files:
            return True
        if name not in self._directing:
            self._directing[name] = bool(_DIRECTS.search(self._files[name].read_bytes()))
        return self._directing[name]

    def scenario(self, name: str) -> Scenario:
        """Return the scenario with this name. Raises InvalidRequest when there is none, ScenarioError when it is wrong."""
        self.check(name)
        if name in self.added:
            return self.added[name]
        if name not in self._scenarios:
            from emulator.scenarios.loader import load  # noqa: PLC0415 - see the class

            file = self._files[name]
            loaded = load(file, files=self._files).compiled()
            self._scenarios[name] = replace(loaded, text=file.read_text(encoding="utf-8"))
        return self._scenarios[name]

    def read_all(self, folders: Iterable[Path]) -> None:
        """Read every file of these folders now, so that what is wrong with one is said at once."""
        own = tuple(folders)
        for name, file in self._files.items():
            if any(file.is_relative_to(folder) for folder in own):
                self.scenario(name)

    def read(self, text: str, *, name: str) -> Scenario:
        """Return the scenario that a text, YAML or JSON, holds; it may extend those of the library."""
        from emulator.scenarios.loader import load_text  # noqa: PLC0415 - see the class

        scenario = load_text(text, source=name, files=self._files).compiled()
        if scenario.name != name:
            raise InvalidRequest(f"scenario: expected the name '{name}', found '{scenario.name}'.", "scenario")
        return replace(scenario, text=text)

    def add(self, scenario: Scenario) -> None:
        """Add a scenario at run time; it comes before one of the files with its name."""
        self.added[scenario.name] = scenario

    def remove(self, name: str) -> None:
        """Take back a scenario that was added. Raises InvalidRequest when none has this name."""
        if self.added.pop(name, None) is None:
            refuse(name, self.added)


def refuse(name: str, names: Iterable[str], *, more: Mapping[str, object] | None = None) -> NoReturn:
    """Raise InvalidRequest for a scenario's name that there is not, with the nearest that there are."""
    known = sorted({*names, *(more or ())})
    near = get_close_matches(name, known, n=3, cutoff=0.5) or get_close_matches(name, known, n=3, cutoff=0)
    raise InvalidRequest(f"No scenario is named '{name}': did you mean {' or '.join(near)}?", "scenario")
