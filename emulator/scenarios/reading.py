"""Reading YAML and JSON as plain data, of which every value knows its place.

Nothing in a text can run, hang or exhaust anything: the parser yields events, one after the other, and of YAML only that is
taken which JSON has too. There are no tags, anchors or aliases, and bounds to size, depth and number of values.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml

from emulator.domain.strictjson import MAX_DEPTH
from emulator.scenarios.positions import Node, Source, Spot, path_text

if TYPE_CHECKING:
    from emulator.scenarios.errors import Problem

MAX_BYTES: Final = 1 << 20
MAX_VALUES: Final = 100_000
MAX_DIGITS: Final = 1000

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOO_DEEP: Final = "exceeded maximum nesting depth"
"""What libyaml says of its own bound, which it may meet first, for it reads ahead."""
_UNREADABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_JSON_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|-?Infinity|NaN")
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _Stop(Exception):
    """Nothing can be read beyond the problem that was noted last."""


def read(source: Source) -> tuple[Node | None, list[Problem]]:
    """Return the tree of a text, as far as it can be had, and what is wrong with it as YAML or JSON."""
    reader = _Reader(source)
    try:
        reader.check_size()
        if _is_json(source.text):
            reader.read_json()
        else:
            reader.read_yaml()
    except _Stop:
        return None, reader.problems
    return reader.root, reader.problems


def _is_json(text: str) -> bool:
    """Return whether a text is JSON: such a text is also YAML, but for tabs, long keys and some escapes."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _index(mark: Any) -> int:
    return mark.index if mark else 0


@dataclass(slots=True)
class _Open:
    """A list or mapping that has not ended yet; `key` is the one whose value comes next, None where there is none."""

    value: Any
    at: Spot
    key_at: Spot | None
    key: str | None = None
    key_spot: Spot | None = None
    is_key: bool = False

    @property
    def wants_key(self) -> bool:
        return isinstance(self.value, dict) and self.key_spot is None

    def step(self) -> str | int:
        return len(self.value) if isinstance(self.value, list) else self.key or ""


class _Reader:
    """Builds the tree of one text."""

    def __init__(self, source: Source) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._source = source
        self._open: list[_Open] = []
        self._count = 0

    # The text as such

    def check_size(self) -> None:
        """Stop at a text that is too long."""
        text = self._source.text
        if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            self._stop(0, expected=f"at most {MAX_BYTES:,} bytes", found="more")

    def read_json(self) -> None:
        """Build the tree of a text that is known to be JSON."""
        for token in _JSON_TOKEN.finditer(self._source.text):
            text, index = token[0], token.start()
            if text in "{[":
                self._begin({} if text == "{" else [], index)
            elif text in "}]":
                self._end()
            elif text.startswith('"'):
                self._scalar(json.loads(text), index, is_plain=False)
            else:
                self._scalar(text, index, is_plain=True)

    def read_yaml(self) -> None:
        """Build the tree of a text that may be YAML."""
        text = self._source.text
        skipped = 1 if text.startswith("\ufeff") else 0
        if found := _UNREADABLE.search(text, skipped):
            said = {"expected": "text without control characters", "found": f"U+{ord(found[0]):04X}"}
            self._stop(found.start(), **said)
        try:
            for event in yaml.parse(text[skipped:], Loader=_LOADER):
                self._take(event, _index(event.start_mark) + skipped)
        except yaml.MarkedYAMLError as fault:
            index = _index(fault.problem_mark or fault.context_mark)
            if fault.problem == _TOO_DEEP:
                self._stop_too_deep(index + skipped)
            why = ", ".join(part for part in (fault.context, fault.problem) if part)
            self._stop(index + skipped, reason=f"this is no YAML: {why}")
        except (yaml.YAMLError, ValueError) as fault:
            self._stop(0, reason=f"this is no YAML: {fault}")

    def _take(self, event: yaml.Event, index: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._stop(index, expected="one document", found="a second one")
        if isinstance(event, yaml.NodeEvent):
            self._check_extras(event, index)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value, index, is_plain=event.style in {None, ""} and event.tag is None)
        elif isinstance(event, yaml.AliasEvent):
            self._scalar("", index, is_plain=False)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], index)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _check_extras(self, event: yaml.NodeEvent, index: int) -> None:
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._note(index, "the value itself, for there are no aliases", f"*{event.anchor}")
        elif event.anchor is not None:
            self._note(index, "a value without an anchor", f"&{event.anchor}")
        if tag is not None:
            self._note(index, "a value without a tag", f"the tag '{tag}'")

    # The tree

    def _begin(self, value: Any, index: int) -> None:
        if len(self._open) == MAX_DEPTH:
            self._stop_too_deep(index)
        spot = self._counted(index)
        is_key = bool(self._open) and self._open[-1].wants_key
        if is_key:
            self._note(index, "a key that is text", "a mapping" if isinstance(value, dict) else "a list")
        key_at = self._open[-1].key_spot if self._open else None
        self._open.append(_Open(value, spot, key_at, is_key=is_key))

    def _end(self) -> None:
        ended = self._open.pop()
        if ended.is_key:
            self._open[-1].key, self._open[-1].key_spot = None, ended.at
        else:
            self._put(Node(ended.value, ended.at, ended.key_at))

    def _scalar(self, text: str, index: int, *, is_plain: bool) -> None:
        spot = self._counted(index)
        if found := _SURROGATE.search(text):
            self._note(index, "whole characters", f"the lone surrogate U+{ord(found[0]):04X}")
            text = _SURROGATE.sub("?", text)
        inner = self._open[-1] if self._open else None
        if inner and inner.wants_key:
            self._key(inner, text, spot)
        else:
            self._put(Node(self._resolved(text, index) if is_plain else text, spot, inner.key_spot if inner else None))

    def _key(self, mapping: _Open, text: str, spot: Spot) -> None:
        mapping.key, mapping.key_spot = text, spot
        if text in mapping.value:
            line, _ = self._source.line_and_column(mapping.value[text].key_at.index)
            self._note(spot.index, "each key once", f"'{text}' again, which line {line} has")

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        inner = self._open[-1]
        if isinstance(inner.value, list):
            inner.value.append(node)
            return
        if inner.key is not None:
            inner.value[inner.key] = node
        inner.key = inner.key_spot = None

    def _resolved(self, text: str, index: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text):
            self._note(index, "a number that JSON has, or the word in quotes", text)
        number = _NUMBER.fullmatch(text)
        return self._number(text, number, index) if number else text

    def _number(self, text: str, number: re.Match[str], index: int) -> Any:
        if len(text) > MAX_DIGITS:
            self._note(index, f"a number of at most {MAX_DIGITS} digits", f"{len(text)}")
            return 0
        if not (number["fraction"] or number["exponent"]):
            return int(text)
        value = float(text)
        if value in {float("inf"), float("-inf")}:
            self._note(index, "a number that fits a double", text)
            return 0.0
        return value

    # Problems

    def _counted(self, index: int) -> Spot:
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop(index, expected=f"at most {MAX_VALUES:,} keys and values", found="more")
        return Spot(self._source, index)

    def _note(self, index: int, expected: str = "", found: str = "", *, reason: str = "") -> None:
        path = path_text(each.step() for each in self._open if each.key_spot or isinstance(each.value, list))
        self.problems.append(Spot(self._source, index).problem(path, expected=expected, found=found, reason=reason))

    def _stop(self, index: int, **said: str) -> NoReturn:
        self._note(index, **said)
        raise _Stop

    def _stop_too_deep(self, index: int) -> NoReturn:
        self._stop(index, expected=f"at most {MAX_DEPTH} levels of nesting", found="more")
