"""The library of scenarios: every file of its folders, known by name at once and read when it is first asked for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from emulator.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from emulator.domain.scenario import Scenario


class Library:
    """The scenarios of some folders. Reading one takes pydantic and PyYAML, which a server's start need not wait for.

    Of two files of one name that in the later folder counts. `added` holds those that were given at run time.
    """

    def __init__(self, *folders: Path) -> None:
        self._files = {file.stem: file for folder in folders for file in sorted(folder.glob("**/*.yaml"))}
        self._scenarios: dict[str, Scenario] = {}
        self.added: dict[str, Scenario] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        return tuple(sorted({*self._files, *self.added}))

    def check(self, name: str) -> str:
        """Return the name if there is such a scenario; else raise InvalidRequest with the nearest ones."""
        if name not in self._files and name not in self.added:
            refuse(name, self.names)
        return name

    def scenario(self, name: str) -> Scenario:
        """Return the scenario with this name. Raises InvalidRequest when there is none, ScenarioError when it is wrong."""
        self.check(name)
        if name in self.added:
            return self.added[name]
        if name not in self._scenarios:
            from emulator.scenarios.loader import load  # noqa: PLC0415 - see the class

            self._scenarios[name] = load(self._files[name], files=self._files).compiled()
        return self._scenarios[name]

    def read(self, text: str, *, name: str) -> Scenario:
        """Return the scenario that a text, YAML or JSON, holds; it may extend those of the library."""
        from emulator.scenarios.loader import load_text  # noqa: PLC0415 - see the class

        return load_text(text, source=name, files=self._files).compiled()


def refuse(name: str, names: Iterable[str], *, more: Mapping[str, object] | None = None) -> NoReturn:
    """Raise InvalidRequest for a scenario's name that there is not, with the nearest that there are."""
    known = sorted({*names, *(more or ())})
    near = get_close_matches(name, known, n=3) or known
    raise InvalidRequest(f"No scenario is named '{name}': did you mean {' or '.join(near)}?", "scenario")
