"""The list of known failures: a file with the names of checks that may fail, until they do not.

One name a line; what follows a `#` is a comment. There are no patterns: one would go on hiding a check that has begun to fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from emulator.verify.errors import VerifyError, meant
from emulator.verify.results import Stale, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from emulator.verify.results import Result


@dataclass(frozen=True, slots=True)
class KnownFailing:
    """Known failures: the place FILE:LINE of each name."""

    places: Mapping[str, str]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a list. Raises VerifyError with FILE:LINE for what is no name, and for a name that comes again."""
        places: dict[str, str] = {}
        for place, name in _names(file):
            if name in places:
                raise VerifyError(f"{place}: expected each name once, found {name}, which {places[name]} has already")
            places[name] = place
        return cls(places)

    def marked(self, result: Result) -> Result:
        """Return a result that says whether its failure was known."""
        return replace(result, is_known=result.verdict is Verdict.FAIL and result.check.name in self.places)

    def stale(self, results: Sequence[Result], names: Collection[str]) -> list[Stale]:
        """Return the entries that these results do not bear out; `names` are those of all checks there are.

        A check may have several results, of several releases: any failure will do. An entry whose check has not been run is
        left alone.
        """
        reasons = (
            (name, place, _reason([result for result in results if result.check.name == name]))
            if name in names
            else (name, place, f"there is no such check{meant(name, names)}")
            for name, place in self.places.items()
        )
        return [Stale(name=name, at=place, reason=reason) for name, place, reason in reasons if reason]


def _reason(results: Sequence[Result]) -> str | None:
    verdicts = {result.verdict for result in results}
    if not results or Verdict.FAIL in verdicts:
        return None
    return "it passes now" if Verdict.PASS in verdicts else f"it is not applicable: {results[0].reason}"


def _names(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(_text(file).split("\n"), start=1):
        name = line.partition("#")[0].strip()
        if len(name.split()) > 1 or set(name) & set("*?["):
            raise VerifyError(f"{file}:{number}: expected the name of one check, found {name!r}")
        if name:
            yield f"{file}:{number}", name


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise VerifyError(
            f"--known-failing: expected a file that can be read, found {file}: {error.strerror}"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise VerifyError(f"{file}:{line}: expected UTF-8, found the byte 0x{content[error.start]:02x}") from None
