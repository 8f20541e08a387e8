"""A run as JUnit XML, as CI systems read it: a suite for each group, and one for what is wrong with the run itself.

A failure that was known is skipped with its reason, as is a check that is not applicable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from emulator import __version__
from emulator.verify.reports.words import (
    Standing,
    by_group,
    client,
    facts,
    one_line,
    percent,
    reason,
    seconds,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emulator.verify.check import Group
    from emulator.verify.results import Outcome, Result, Stale

_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def write(outcome: Outcome) -> str:
    """Return the report."""
    root = Element("testsuites", name=f"mka1-emulator verify: {client(outcome.hello)}")
    root.extend(_suite(group, results) for group, results in by_group(outcome.results).items())
    if cases := [*stale_cases(outcome.stale), *_not_run(outcome)]:
        SubElement(root, "testsuite", name="run").extend(cases)
    for suite in root:
        suite.insert(0, _properties(outcome))
    root.set("time", f"{seconds(outcome.results):.3f}")
    return document(root)


def document(root: Element) -> str:
    """Return suites as the text of a file, each with its counts."""
    for element in (root, *root):
        _count(element)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(group: Group, results: Sequence[Result]) -> Element:
    suite = Element("testsuite", name=group, time=f"{seconds(results):.3f}")
    suite.extend(map(case_of, results))
    return suite


def case_of(result: Result) -> Element:
    """Return a result as a case."""
    name = result.check.name
    case = Element("testcase", classname=f"verify.{result.check.group}", name=name, time=f"{result.seconds:.3f}")
    match standing(result):
        case Standing.FAIL:
            SubElement(case, "failure", type="failed", message=reason(result)).text = _told(result)
        case Standing.KNOWN:
            SubElement(case, "skipped", message=f"known to fail: {reason(result)}")
        case Standing.NOT_APPLICABLE:
            SubElement(case, "skipped", message=f"not applicable: {reason(result)}")
        case Standing.PASS:
            pass
    return case


def _told(result: Result) -> str:
    return "\n".join(f"{name}: {one_line(text)}" for name, text in facts(result).items())


def stale_cases(stale: Iterable[Stale]) -> Iterator[Element]:
    """Yield stale known failures as cases that fail."""
    for each in stale:
        case = Element("testcase", classname="verify.known-failing", name=one_line(each.name))
        message = one_line(f"{each.at}: {each.name} is stale: {each.reason}")
        SubElement(case, "failure", type="stale", message=message)
        yield case


def _not_run(outcome: Outcome) -> Iterable[Element]:
    if outcome.not_run:
        case = Element("testcase", classname="verify.run", name="all checks run")
        SubElement(
            case, "error", type="broken off", message=f"the run was broken off: {outcome.not_run} checks not run"
        )
        yield case


def _properties(outcome: Outcome) -> Element:
    said = {"client": client(outcome.hello), "score": percent(outcome), "mka1-emulator": __version__}
    properties = Element("properties")
    properties.extend(Element("property", name=name, value=value) for name, value in said.items())
    return properties


def _count(element: Element) -> None:
    element.set("tests", str(len([*element.iter("testcase")])))
    for name, tag in _COUNTED.items():
        element.set(name, str(len([*element.iter(tag)])))
