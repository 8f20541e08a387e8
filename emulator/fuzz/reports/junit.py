"""A replay as JUnit XML, as CI systems read it: a finding is a test, which fails while it reproduces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.fuzz.replaying import Replayed

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED: Final = {
    "failures": ("reproduces", "breaks otherwise"),
    "errors": ("not played",),
    "skipped": ("not applicable",),
}


def write(replayed: Sequence[Replayed], client: str) -> str:
    """Return the report."""
    counts = {name: str(sum(each.verdict in counted for each in replayed)) for name, counted in COUNTED.items()}
    root = Element("testsuites", name=_clean(f"mka1-emulator replay: {client}"))
    suite = SubElement(root, "testsuite", {"name": "findings", "tests": str(len(replayed)), **counts})
    suite.extend(map(_case, replayed))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(each: Replayed) -> Element:
    aim = each.finding.property if each.finding else "unknown"
    case = Element("testcase", classname=_clean(f"replay.{aim}"), name=_clean(each.name))
    if each.problem:
        SubElement(case, "error", type="not-played", message=_clean(each.problem))
    elif each.verdict == "not applicable":
        SubElement(case, "skipped", message="the client does not have a call of this finding, or an argument")
    elif each.violation is not None and each.finding is not None:
        message = f"expected {each.violation.expected}, got {each.violation.got}"
        kind = each.verdict.replace(" ", "-")
        failure = SubElement(case, "failure", type=kind, message=_clean(message))
        failure.text = _clean("\n".join((each.finding.reason, f"now: {each.violation.cause}", *each.happened)))
    return case


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
