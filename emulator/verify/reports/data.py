"""A run as data, for programs: what `--json` prints and `--report out.json` writes.

{"emulator": version, "client": {"name", "version", "language"}, "as_expected": true or false, "score": 0 to 1,
 "counts": {"pass", "fail", "known", "not_applicable", "stale", "not_run"},
 "groups": [{"group", "pass", "fail", "known", "not_applicable"}],
 "checks": [{"check", "group", "place", "expects", "verdict": "pass", "fail" or "not applicable", "known": true or false,
             "at", "expected", "got": text where it failed, else null, "reason": text where it is not applicable, else null,
             "seconds"}],
 "stale": [{"check", "at": FILE:LINE, "reason"}]}
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator import __version__
from emulator.verify.reports.words import Standing, by_group, count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.verify.check import Check
    from emulator.verify.results import Outcome, Result


def as_data(outcome: Outcome) -> dict[str, Any]:
    """Return a run as this module's docstring shows it."""
    hello = outcome.hello
    return {
        "emulator": __version__,
        "client": {"name": hello.name, "version": hello.version, "language": hello.language},
        "as_expected": outcome.is_as_expected,
        "score": outcome.score,
        "counts": {**_counts(outcome.results), "stale": len(outcome.stale), "not_run": outcome.not_run},
        "groups": [{"group": group, **_counts(results)} for group, results in by_group(outcome.results).items()],
        "checks": [_result(result) for result in outcome.results],
        "stale": [{"check": each.name, "at": each.at, "reason": each.reason} for each in outcome.stale],
    }


def described(check: Check) -> dict[str, str]:
    """Return what is to be known of a check before it runs."""
    return {"check": check.name, "group": check.group, "place": check.place, "expects": check.expects}


def dumped(value: Any) -> str:
    """Return JSON for people and programs; half a surrogate pair, which UTF-8 cannot hold, stands as an escape."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def write(outcome: Outcome) -> str:
    """Return the report."""
    return dumped(as_data(outcome))


def _counts(results: Iterable[Result]) -> dict[str, int]:
    counts = count(results)
    order = (Standing.PASS, Standing.FAIL, Standing.KNOWN, Standing.NOT_APPLICABLE)
    return {each.replace(" ", "_"): counts[each] for each in order}


def _result(result: Result) -> dict[str, Any]:
    return {
        **described(result.check),
        "verdict": result.verdict,
        "known": result.is_known,
        "at": result.at or None,
        "expected": result.expected or None,
        "got": result.got or None,
        "reason": result.reason or None,
        "seconds": round(result.seconds, 3),
    }
