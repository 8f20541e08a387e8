"""A run over releases as one HTML page, which loads nothing from anywhere: the table, and what each release changed."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator import __version__
from emulator.verify import reports
from emulator.verify.releases.reports.picture import MARKS
from emulator.verify.releases.reports.picture import table as drawn
from emulator.verify.releases.table import Turn, always_failing, changing, rows, steps, summary
from emulator.verify.reports.page import CODES
from emulator.verify.reports.page import MARKS as VERDICTS
from emulator.verify.reports.words import one_line, reason, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.verify.check import Check
    from emulator.verify.releases.survey import Release, Survey
    from emulator.verify.releases.table import Change, Step
    from emulator.verify.results import Result

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
TURNS: Final = {Turn.NOW_FAILS: "fail", Turn.NOW_PASSES: "pass", Turn.NO_LONGER_APPLIES: "na"}


def write(survey: Survey) -> str:
    """Return the page."""
    return "\n".join(_page(survey)) + "\n"


def _page(survey: Survey) -> Iterator[str]:
    name = f"{_text(survey.sdk)}, release by release"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">'
    yield f"<title>{name}</title>\n<style>\n{_style()}</style>\n</head>\n<body>"
    yield f'<header><div><h1>{name}</h1><p class="quiet">{_text(summary(survey))}</p></div></header>'
    yield f'<figure class="wide">{drawn(survey)}</figure>'
    yield from _notes(survey)
    yield from _steps(steps(survey))
    yield from _matrix(survey, changing(survey))
    yield from _constant(always_failing(survey))
    yield f"<footer>mka1-emulator {_text(__version__)}</footer>\n</body>\n</html>"


def _style() -> str:
    """Return the style of a report on one client, and what this page adds to it."""
    files = (Path(reports.__file__).with_name("page.css"), Path(__file__).with_name("page.css"))
    return "".join(file.read_text(encoding="utf-8") for file in files)


def _text(text: str) -> str:
    return escape(one_line(text))


def _notes(survey: Survey) -> Iterator[str]:
    missing = [f"{row.label}: {row.why_not}" for row in rows(survey) if row.why_not]
    stale = [f"{each.at}: {each.name} is stale: {each.reason}" for each in survey.stale]
    if missing or stale:
        yield '<ul class="notes">'
        yield from (f"<li>{_text(note)}</li>" for note in (*missing, *stale))
        yield "</ul>"


# What each release changed


def _steps(found: Sequence[Step]) -> Iterator[str]:
    if found:
        yield "<h2>What each release changed</h2>"
    for step in found:
        yield f'<section class="step" id="{_text(step.version)}"><h3>{_text(step.version)}'
        yield f'<small class="quiet">since {_text(step.since)}</small></h3><ul>'
        yield from map(_change, step.changes)
        yield "</ul></section>"


def _change(change: Change) -> str:
    before = "before: " if change.turn is Turn.NOW_PASSES and change.reason else ""
    return (
        f'<li><b class="mark {TURNS[change.turn]}">{MARKS[change.turn]} {change.turn}</b>'
        f'<div><span class="name">{_text(change.check.name)}</span> {_text(change.check.expects)}'
        f'<p class="quiet">{before}{_text(change.reason)}</p></div></li>'
    )


def _matrix(survey: Survey, checks: Sequence[Check]) -> Iterator[str]:
    """Draw the checks that do not come out alike everywhere, a column for each row of the table."""
    if not checks:
        return
    shown = {row.label: row.versions[0] for row in rows(survey) if not row.why_not}
    releases = {release.version: release for release in survey.checked}
    yield '<h2>The checks that change</h2>\n<div class="wide"><table class="matrix"><thead><tr><th>Check</th>'
    yield from (f"<th><span>{_text(name)}</span></th>" for name in shown)
    yield "</tr></thead><tbody>"
    for check in checks:
        marks = "".join(_mark(releases[version], check) for version in shown.values())
        yield f'<tr><th class="name" title="{_text(check.expects)}">{_text(check.name)}</th>{marks}</tr>'
    yield "</tbody></table></div>"


def _mark(release: Release, check: Check) -> str:
    result = release.results.get(check.name)
    if result is None:
        return "<td></td>"
    told = VERDICTS[standing(result)]
    why = _text(f"{release.version}: {reason(result) or 'passes'}")
    return f'<td class="mark {CODES[standing(result)]}" title="{why}">{told.partition(" ")[0]}</td>'


def _constant(results: Sequence[Result]) -> Iterator[str]:
    if results:
        yield '<h2>What fails in every release</h2>\n<section class="step"><ul>'
        yield from map(_always, results)
        yield "</ul></section>"


def _always(result: Result) -> str:
    return (
        f'<li><b class="mark fail">✗ fails</b><div><span class="name">{_text(result.check.name)}</span> '
        f'{_text(result.check.expects)}<p class="quiet">{_text(reason(result))}</p></div></li>'
    )
