"""A run over releases as JUnit XML: a suite for each release, a case for each check, or one that says why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from emulator.verify.reports.junit import case_of, document, stale_cases
from emulator.verify.reports.words import one_line, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.verify.releases.survey import Release, Survey


def write(survey: Survey) -> str:
    """Return the report."""
    root = Element("testsuites", name=f"mka1-emulator verify: {survey.sdk}")
    root.extend(_suite(survey, release) for release in survey.releases)
    if cases := [*stale_cases(survey.stale)]:
        SubElement(root, "testsuite", name="run").extend(cases)
    return document(root)


def _suite(survey: Survey, release: Release) -> Element:
    results = release.results.values()
    suite = Element("testsuite", name=f"{survey.sdk} {release.version}", time=f"{seconds(results):.3f}")
    suite.extend(map(case_of, results))
    suite.extend(_troubles(release))
    return suite


def _troubles(release: Release) -> Iterator[Element]:
    left = release.outcome.not_run if release.outcome else 0
    if why := release.why_not or (f"the run was broken off: {left} checks not run" if left else ""):
        case = Element("testcase", classname="verify.run", name="all checks run")
        SubElement(case, "error", type="not run", message=one_line(why))
        yield case
