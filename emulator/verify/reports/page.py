"""A run as one HTML page, which loads nothing from anywhere: the score, the groups, the failures, and then every check.

Its style and its script stand beside this module. The filter by verdict works without the script, that by text needs it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator import __version__
from emulator.verify.reports.words import (
    Standing,
    by_group,
    client,
    count,
    one_line,
    percent,
    reason,
    standing,
    tally,
    those,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from emulator.verify.results import Outcome, Result

CODES: Final = {
    Standing.PASS: "pass",
    Standing.FAIL: "fail",
    Standing.KNOWN: "known",
    Standing.NOT_APPLICABLE: "na",
}
MARKS: Final = {
    Standing.PASS: "✓ pass",
    Standing.FAIL: "✗ fail",
    Standing.KNOWN: "! known",
    Standing.NOT_APPLICABLE: "\N{EN DASH} n/a",
}
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
HEADINGS: Final = '<th>Verdict</th><th class="name">Check</th><th>Expects</th><th class="place">Contract</th><th>s</th>'
RADIUS: Final = 45
AROUND: Final = 1000
"""How long the score's ring is said to be, so that its parts are thousandths."""


def write(outcome: Outcome) -> str:
    """Return the page."""
    return "\n".join(_page(outcome)) + "\n"


def _page(outcome: Outcome) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">'
    yield f"<title>{percent(outcome)} · {_text(client(outcome.hello))}</title>"
    yield f"<style>\n{_beside('page.css')}</style>\n</head>\n<body>"
    yield from _header(outcome)
    yield from _tiles(outcome.results)
    yield from _notes(outcome)
    yield from _filter(count(outcome.results))
    yield from _cards("What failed", those(outcome.results, Standing.FAIL))
    yield from _cards("What is known to fail", those(outcome.results, Standing.KNOWN))
    yield from _tables(outcome.results)
    yield f"<footer>mka1-emulator {_text(__version__)}</footer>"
    yield f"<script>\n{_beside('page.js')}</script>\n</body>\n</html>"


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _text(text: str) -> str:
    return escape(one_line(text))


# Above


def _header(outcome: Outcome) -> Iterator[str]:
    hello = outcome.hello
    verdict = "All as expected" if outcome.is_as_expected else "Not as expected"
    yield f"<header>\n{_ring(outcome)}\n<div>"
    yield '<p class="quiet">An SDK held to the contract of the MKA1 Batches API</p>'
    yield f"<h1>{_text(hello.name)} <small>{_text(hello.version)} · {_text(hello.language)}</small></h1>"
    yield f"<p><b>{verdict}.</b> {_text(tally(outcome))}.</p>\n</div>\n</header>"


def _ring(outcome: Outcome) -> str:
    counts = count(outcome.results)
    applicable = len(outcome.results) - counts[Standing.NOT_APPLICABLE]
    parts = "".join(_arcs(counts, applicable)) if applicable else ""
    return (
        f'<svg class="ring" viewBox="0 0 110 110" role="img" aria-label="Score {percent(outcome)}">'
        f'<circle class="stroke-track" cx="55" cy="55" r="{RADIUS}"/>{parts}'
        f'<text x="55" y="62">{percent(outcome)}</text></svg>'
    )


def _arcs(counts: Mapping[Standing, int], applicable: int) -> Iterator[str]:
    begin = 0.0
    for each in (Standing.PASS, Standing.KNOWN, Standing.FAIL):
        length = AROUND * counts[each] / applicable
        if length:
            yield (
                f'<circle class="stroke-{CODES[each]}" cx="55" cy="55" r="{RADIUS}" pathLength="{AROUND}" '
                f'stroke-dasharray="{length:.1f} {AROUND}" stroke-dashoffset="{-begin:.1f}" transform="rotate(-90 55 55)"/>'
            )
        begin += length


def _tiles(results: Sequence[Result]) -> Iterator[str]:
    yield '<nav class="tiles" aria-label="Groups">'
    for group, found in by_group(results).items():
        counts = count(found)
        applicable = len(found) - counts[Standing.NOT_APPLICABLE]
        passed = f"{counts[Standing.PASS]}/{applicable}" if applicable else "n/a"
        yield f'<a class="tile" href="#group-{group}"><b class="{CODES[_worst(counts)]}">{passed}</b>{group}{_bar(counts)}</a>'
    yield "</nav>"


def _worst(counts: Mapping[Standing, int]) -> Standing:
    order = (Standing.FAIL, Standing.KNOWN, Standing.PASS)
    return next((each for each in order if counts[each]), Standing.NOT_APPLICABLE)


def _bar(counts: Mapping[Standing, int]) -> str:
    order = (Standing.PASS, Standing.KNOWN, Standing.FAIL, Standing.NOT_APPLICABLE)
    parts = (
        f'<i class="{CODES[each]}" style="flex:{counts[each]}" title="{counts[each]} {each}"></i>'
        for each in order
        if counts[each]
    )
    return f'<span class="bar">{"".join(parts)}</span>'


def _notes(outcome: Outcome) -> Iterator[str]:
    notes = [
        f"{_code(each.name)} is on the list of known failures, {_code(each.at)}, and is stale: {_text(each.reason)}"
        for each in outcome.stale
    ]
    if outcome.not_run:
        notes.append(f"The run was broken off: {outcome.not_run} checks were not run.")
    if notes:
        yield '<h2>About this run</h2>\n<ul class="notes">'
        yield from (f"<li>{note}</li>" for note in notes)
        yield "</ul>"


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _filter(counts: Mapping[Standing, int]) -> Iterator[str]:
    labels = {Standing.FAIL: "Failed", Standing.KNOWN: "Known", Standing.NOT_APPLICABLE: "N/A", Standing.PASS: "Passed"}
    yield '<form aria-label="Filter">'
    yield _choice("all", f"All {sum(counts.values())}", checked=" checked")
    yield from (_choice(CODES[each], f"{label} {counts[each]}") for each, label in labels.items() if counts[each])
    yield '<input type="search" placeholder="Filter by text" aria-label="Filter by text" hidden>\n</form>'


def _choice(code: str, label: str, *, checked: str = "") -> str:
    return f'<label><input type="radio" name="show" id="show-{code}"{checked}>{label}</label>'


# Failures


def _cards(title: str, results: Sequence[Result]) -> Iterator[str]:
    if results:
        yield f"<section data-shelf>\n<h2>{title}</h2>"
        yield from map(_card, results)
        yield "</section>"


def _card(result: Result) -> str:
    name = _text(result.check.name)
    expected, got = _marked(one_line(result.expected), one_line(result.got))
    return (
        f'<article id="{name}" data-standing="{CODES[standing(result)]}"><h3><a href="#{name}">{name}</a></h3>'
        f'<p>{_text(result.check.expects)}</p><p class="quiet">Contract: {_text(result.check.place)}</p>'
        f'<p class="at">At {_code(result.at)}</p><div class="sides">'
        f'<div class="want"><h4>Expected</h4><pre>{expected}</pre></div>'
        f'<div class="got"><h4>Got</h4><pre>{got}</pre></div></div></article>'
    )


def _marked(expected: str, got: str) -> tuple[str, str]:
    """Return two texts with what differs between them marked, if they are alike for the most part."""
    before = _alike(expected, got)
    after = _alike(expected[before:][::-1], got[before:][::-1])
    if (before + after) * 2 < min(len(expected), len(got)) or expected == got:
        return escape(expected), escape(got)
    return _with_mark(expected, before, after), _with_mark(got, before, after)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _with_mark(text: str, before: int, after: int) -> str:
    end = len(text) - after
    return f"{escape(text[:before])}<mark>{escape(text[before:end])}</mark>{escape(text[end:])}"


# All checks


def _tables(results: Sequence[Result]) -> Iterable[str]:
    yield '<h2 class="all">All checks</h2>'
    for group, found in by_group(results).items():
        yield f'<table id="group-{group}" data-shelf><caption>{group}</caption>'
        yield f"<thead><tr>{HEADINGS}</tr></thead>\n<tbody>"
        yield from map(_row, found)
        yield "</tbody></table>"


def _row(result: Result) -> str:
    code = CODES[standing(result)]
    name = _text(result.check.name)
    named = f'<a href="#{name}">{name}</a>' if code in {"fail", "known"} else name
    why = f'<br><span class="quiet">{_text(reason(result))}</span>' if reason(result) else ""
    return (
        f'<tr data-standing="{code}"><td class="mark {code}">{MARKS[standing(result)]}</td><td class="name">{named}</td>'
        f'<td>{_text(result.check.expects)}{why}</td><td class="place quiet">{_place(result)}</td>'
        f"<td>{result.seconds:.2f}</td></tr>"
    )


def _place(result: Result) -> str:
    """Return a place in the contract, which may be parted where it has a dot."""
    return _text(result.check.place).replace(".", ".<wbr>")
