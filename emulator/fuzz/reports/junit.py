"""A replay as JUnit XML, as CI systems read it: a finding is a test, which fails while it reproduces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.fuzz.replaying import Replayed

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(replayed: Sequence[Replayed], client: str) -> str:
    """Return the report."""
    failures = sum(each.reproduces for each in replayed)
    root = Element("testsuites", name=f"mka1-emulator replay: {client}")
    suite = SubElement(root, "testsuite", name="findings", tests=str(len(replayed)), failures=str(failures))
    suite.extend(map(_case, replayed))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(each: Replayed) -> Element:
    case = Element("testcase", classname=f"replay.{each.finding.property}", name=each.finding.name)
    if each.violation is not None:
        message = f"expected {each.violation.expected}, got {each.violation.got}"
        failure = SubElement(case, "failure", type="reproduces", message=_clean(message))
        failure.text = _clean("\n".join((each.finding.reason, *each.happened)))
    return case


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
