"""A run over releases as data, for programs: what `--json` prints and `--report out.json` writes.

{"emulator": version, "sdk": name, "as_expected": true or false,
 "releases": [{"release", "groups": [{"group", "passed", "applicable", "known"}], "why_not": text if it could not be checked,
               else null, "run": what `verify` says of one client (see emulator/verify/reports/data.py), or null}],
 "steps": [{"release", "since": the release before, "changes": [{"check", "group", "turn": "now passes", "now fails" or
            "no longer applies", "reason"}]}],
 "stale": [{"check", "at": FILE:LINE, "reason"}]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator import __version__
from emulator.verify.releases.table import row_of, steps
from emulator.verify.reports.data import as_data as run_as_data
from emulator.verify.reports.data import dumped

if TYPE_CHECKING:
    from emulator.verify.releases.survey import Release, Survey
    from emulator.verify.releases.table import Change, Step


def as_data(survey: Survey) -> dict[str, Any]:
    """Return a run as this module's docstring shows it."""
    return {
        "emulator": __version__,
        "sdk": survey.sdk,
        "as_expected": survey.is_as_expected,
        "releases": [_release(release) for release in survey.releases],
        "steps": [_step(step) for step in steps(survey)],
        "stale": [{"check": each.name, "at": each.at, "reason": each.reason} for each in survey.stale],
    }


def write(survey: Survey) -> str:
    """Return the report."""
    return dumped(as_data(survey))


def _release(release: Release) -> dict[str, Any]:
    cells = row_of([release]).cells
    return {
        "release": release.version,
        "groups": [
            {"group": group, "passed": cell.passed, "applicable": cell.applicable, "known": cell.known}
            for group, cell in cells.items()
        ],
        "why_not": release.why_not or None,
        "run": run_as_data(release.outcome) if release.outcome else None,
    }


def _step(step: Step) -> dict[str, Any]:
    return {"release": step.version, "since": step.since, "changes": [_change(change) for change in step.changes]}


def _change(change: Change) -> dict[str, str]:
    return {
        "check": change.check.name,
        "group": change.check.group,
        "turn": change.turn,
        "reason": change.reason,
    }
