"""The library of scenarios: every file of its folders, known by name at once and read when it is first asked for.

Reading a file takes pydantic and PyYAML, and they take longer to load than all the rest of a server. So what the program's own
files come to stands in `compiled.py` as well, and counts as long as the files are the very same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import sha256
from typing import TYPE_CHECKING, NoReturn

from emulator.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from emulator.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a scenario of the program's own came to: the files that it was read from, by name, and a digest of them.

    These are its own and those that it extends. `directs` says whether it has something to say to requests; `make` makes the
    scenario, but for its text.
    """

    files: tuple[str, ...]
    digest: str
    directs: bool
    make: Callable[[], Scenario]

    def is_of(self, files: Mapping[str, Path]) -> bool:
        """Return whether the files with these names are still the very same; what cannot be read is not."""
        try:
            return digest(files[name] for name in self.files) == self.digest
        except (KeyError, OSError):
            return False


def digest(files: Iterable[Path]) -> str:
    """Return a digest of all that is in some files."""
    return sha256(b"\0".join([file.read_bytes() for file in files])).hexdigest()


class Library:
    """The scenarios of some folders, whose `files` are known by their names.

    Of two files of one name that in the later folder counts. `added` holds those that were given at run time.
    """

    def __init__(self, *folders: Path) -> None:
        self.files = {file.stem: file for folder in folders for file in sorted(folder.glob("**/*.yaml"))}
        self._scenarios: dict[str, Scenario] = {}
        self._directing: dict[str, bool] = {}
        self.added: dict[str, Scenario] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.files or name in self.added

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        return tuple(sorted({*self.files, *self.added}))

    def check(self, name: str) -> str:
        """Return the name if there is such a scenario; else raise InvalidRequest with the nearest ones."""
        if name not in self:
            refuse(name, self.names)
        return name

    def directs(self, name: str) -> bool:
        """Return whether a scenario has something to say to requests; one that was added may have. Raises ScenarioError."""
        if name in self.added or name not in self.files:
            return True
        if name not in self._directing:
            self._directing[name] = (self._compiled(name) or self.scenario(name)).directs
        return self._directing[name]

    def scenario(self, name: str) -> Scenario:
        """Return the scenario with this name. Raises InvalidRequest when there is none, ScenarioError when it is wrong."""
        self.check(name)
        if name in self.added:
            return self.added[name]
        if name not in self._scenarios:
            read = self._read(name)
            self._scenarios[name] = replace(read, text=self.files[name].read_text(encoding="utf-8"))
        return self._scenarios[name]

    def _read(self, name: str) -> Scenario:
        if compiled := self._compiled(name):
            return compiled.make()
        from emulator.scenarios.loader import load  # noqa: PLC0415 - see the module

        return load(self.files[name], files=self.files).compiled()

    def _compiled(self, name: str) -> Compiled | None:
        """Return what the scenario came to, if it still is that."""
        from emulator.scenarios.compiled import SCENARIOS  # noqa: PLC0415 - it is made of what stands here

        compiled = SCENARIOS.get(name)
        return compiled if compiled and compiled.is_of(self.files) else None

    def read_all(self, folders: Iterable[Path]) -> None:
        """Read every file of these folders now, so that what is wrong with one is said at once."""
        own = tuple(folders)
        for name, file in self.files.items():
            if any(file.is_relative_to(folder) for folder in own):
                self.scenario(name)

    def read(self, text: str, *, name: str) -> Scenario:
        """Return the scenario that a text, YAML or JSON, holds; it may extend those of the library."""
        from emulator.scenarios.loader import load_text  # noqa: PLC0415 - see the module

        scenario = load_text(text, source=name, files=self.files).compiled()
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
