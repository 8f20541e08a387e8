"""Reports: what came of a run over releases, as people and programs want to read it.

Each kind of file is a module with `write`, from a survey to the file's text, and a line in WRITERS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.verify.errors import VerifyError
from emulator.verify.releases.reports import data, junit, page, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from emulator.verify.releases.survey import Survey

WRITERS: Final[Mapping[str, Callable[[Survey], str]]] = {
    ".json": data.write,
    ".xml": junit.write,
    ".html": page.write,
    ".svg": picture.write,
}
"""What writes a report, by the ending of its file's name."""


def check(file: Path) -> None:
    """Make sure that a report can be written to a file of this name. Raises VerifyError."""
    if file.suffix.lower() not in WRITERS:
        raise VerifyError(f"--report: expected a file that ends in {', '.join(WRITERS)}, found {file}")
    if not file.parent.is_dir():
        raise VerifyError(f"--report: expected a file in a folder that exists, found {file}")
    if file.is_dir():
        raise VerifyError(f"--report: expected a file, found the folder {file}")


def write(survey: Survey, file: Path) -> None:
    """Write a report of the kind that its file's name says. Raises OSError."""
    file.write_text(WRITERS[file.suffix.lower()](survey), encoding="utf-8", newline="\n")
