"""Writing the library down as Python, in `compiled.py`: `python -m emulator.scenarios.compiling` brings that up to date."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator import resources
from emulator.scenarios.library import Library, digest
from emulator.scenarios.loader import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from dataclasses import Field

    from emulator.domain.scenario import Scenario

FILE: Final = Path(__file__).with_name("compiled.py")
LONGEST: Final = 20_000
"""What takes more characters than that is left to its file, and so is what extends it."""
_WIDTH: Final = 120
_INDENT: Final = "    "
_ENCLOSED: Final[dict[type, tuple[str, str]]] = {
    dict: ("{", "}"),
    list: ("[", "]"),
    tuple: ("(", ")"),
    frozenset: ("frozenset({", "})"),
}
_HEAD: Final = '''"""What the files of the library come to. Derived: `python -m emulator.scenarios.compiling` writes this file.

Each imports what it is made of when it is made, for that takes longer than all else here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emulator.scenarios.library import Compiled

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario
'''


def source(files: Mapping[str, Path]) -> str:
    """Return the module's text for scenarios, by name. Raises ScenarioError."""
    models = {name: load(file, files=files) for name, file in sorted(files.items())}

    def bases(name: str | None) -> Iterator[str]:
        while name is not None:
            yield name
            name = models[name].extends

    scenarios = {name: model.compiled() for name, model in models.items()}
    files_of = {name: tuple(bases(name)) for name in models}
    makers = {name: _maker(*(scenarios[each] for each in names[:2])) for name, names in files_of.items()}
    short = {name for name, maker in makers.items() if len(maker) <= LONGEST}
    kept = [name for name, names in files_of.items() if short.issuperset(names)]
    entries = []
    for name in kept:
        of = digest(files[each] for each in files_of[name])
        parts = (repr(files_of[name]), repr(of), repr(scenarios[name].directs), _identifier(name))
        entries.append(f"{name!r}: {_joined('Compiled(', parts, ')', depth=1)}")
    table = _joined("SCENARIOS: Final[dict[str, Compiled]] = {", entries, "}", depth=0)
    return "\n\n".join([_HEAD, *(makers[name] for name in kept), f"{table}\n"])


def _maker(scenario: Scenario, base: Scenario | None = None) -> str:
    """Return a function that makes a scenario, out of the one that it extends if it does."""
    writing = _Writing()
    value = writing.value(scenario, depth=1) if base is None else writing.changed(scenario, base)
    imports = "".join(f"{_INDENT}{line}\n" for line in writing.imports())
    gap = "\n" if imports else ""
    return f"def {_identifier(scenario.name)}() -> Scenario:\n{imports}{gap}{_INDENT}return {value}\n"


def _identifier(name: str) -> str:
    return f"_{name.replace('-', '_')}"


class _Writing:
    """Writes values as Python, and remembers what has to be imported for that."""

    def __init__(self) -> None:
        self._kinds: set[type] = set()

    def imports(self) -> Iterator[str]:
        """Yield the statements that import all that was named."""
        found = sorted((kind.__module__, kind.__name__) for kind in self._kinds)
        for module, kinds in groupby(found, key=itemgetter(0)):
            yield f"from {module} import {', '.join(name for _, name in kinds)}"

    def value(self, value: Any, *, depth: int) -> str:
        """Return a value as an expression that stands so deep."""
        if isinstance(value, Enum):
            return f"{self._named(value)}.{value.name}"
        if isinstance(value, Fraction):
            return f"{self._named(value)}({value.numerator}, {value.denominator})"
        if is_dataclass(value):
            start, end = f"{self._named(value)}(", ")"
        elif type(value) in _ENCLOSED:
            start, end = _ENCLOSED[type(value)]
        else:
            return _plain(value)
        return _joined(start, list(self._parts(value, depth + 1)), end, depth=depth)

    def changed(self, scenario: Scenario, base: Scenario) -> str:
        """Return a scenario as what it changes in the one that it extends."""
        own = self._fields(scenario, lambda field: getattr(base, field.name), depth=2)
        return _joined("replace(", [f"{_identifier(base.name)}()", *own], ")", depth=1)

    def _fields(self, value: Any, known: Callable[[Field[Any]], Any], depth: int) -> Iterator[str]:
        """Yield those fields of a dataclass's value that are not as they are known to be."""
        for field in fields(value):
            if (own := getattr(value, field.name)) != known(field):
                yield f"{field.name}={self.value(own, depth=depth)}"

    def _parts(self, value: Any, depth: int) -> Iterator[str]:
        if is_dataclass(value):
            yield from self._fields(value, _default, depth)
        elif isinstance(value, dict):
            for key, item in value.items():
                yield f"{_plain(key)}: {self.value(item, depth=depth)}"
        else:
            for item in sorted(value) if isinstance(value, frozenset) else value:
                yield self.value(item, depth=depth)

    def _named(self, value: Any) -> str:
        self._kinds.add(type(value))
        return type(value).__name__


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return repr(value)
    raise TypeError(f"expected what a scenario may hold, found a {type(value).__name__}: {value!r}")


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _joined(start: str, parts: Sequence[str], end: str, *, depth: int) -> str:
    """Return the parts on one line, or, where that would be long, each on its own."""
    only = "," if start == "(" and len(parts) == 1 else ""
    line = f"{start}{', '.join(parts)}{only}{end}"
    if len(line) + len(_INDENT) * depth <= _WIDTH and "\n" not in line:
        return line
    inner = _INDENT * (depth + 1)
    return "".join([start, "\n", *(f"{inner}{part},\n" for part in parts), _INDENT * depth, end])


def write() -> bool:
    """Bring the module up to date with the program's own library; return whether it was not."""
    text = source(Library(resources.folder("scenarios")).files)
    is_stale = FILE.read_text(encoding="utf-8") != text
    if is_stale:
        FILE.write_text(text, encoding="utf-8", newline="\n")
    return is_stale


if __name__ == "__main__":
    write()
