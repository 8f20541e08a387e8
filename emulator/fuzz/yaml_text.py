"""YAML as findings are written in: JSON's values and no others, read back to the letter, and three tags that make them shorter.

`!made NAME` is the id of what the step of this name has made, `!repeat {text, times}` a long text, `!bytes TEXT` the base64
of a text. Nothing in a file can run, or refer to something else in it.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import yaml

from emulator.fuzz.steps import MADE, Made

WIDTH: Final = 110
SHORT: Final = 76
"""Up to so many characters a list or a mapping stands on one line."""
LONG: Final = 120
"""A text of more characters that repeats itself is written as such."""
LONGEST: Final = 10_000_000
"""No text that repeats itself is longer."""
_PERIOD: Final = re.compile(r"(.{1,12}?)\1+", re.DOTALL)
_PLAIN: Final = re.compile("[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010fffe]*")
_YAML: Final = "tag:yaml.org,2002:"
_WORDS: Final = {
    "null": ("null|~|", ["n", "~", ""]),
    "bool": ("true|false", ["t", "f"]),
    "int": ("-?(0|[1-9][0-9]*)", list("-0123456789")),
    "float": (r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", list("-0123456789")),
}
"""What is no text though it stands without quotes, and what it begins with: the words of JSON."""


class NotYaml(ValueError):
    """A text is no YAML, or has what findings do not; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """The base64 of a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A text of several lines, which is written as such."""

    text: str


class Open(dict[str, Any]):
    """A mapping that has a line for each member, however short it is."""


def shortened(content: str) -> Bytes | str:
    """Return base64 as that of a text, where it is that of one that can be read."""
    try:
        text = b64decode(content, validate=True).decode()
    except ValueError:
        return content
    is_readable = bool(text) and all(letter.isprintable() or letter in "\r\n\t" for letter in text)
    return Bytes(text) if is_readable and b64encode(text.encode()).decode() == content else content


def write(value: Any) -> str:
    """Return a value as YAML, members in the order in which they are."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text


def read(text: str) -> Any:
    """Return the value of a text. Raises NotYaml."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it makes nothing but JSON's values
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise NotYaml(f"{place}{', '.join(part for part in (error.context, error.problem) if part)}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise NotYaml(" ".join(str(error).split())) from None
    except RecursionError:
        raise NotYaml("it nests too deep to be read") from None


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: ClassVar[Any] = {}  # type: ignore[misc]  # PyYAML's way to say that there are no others

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _flows(node: Any) -> bool:
    """Say whether a list or a mapping is short enough for a line."""
    if isinstance(node, yaml.ScalarNode):
        return bool(node.style != "|")
    if isinstance(node, _OpenNode):
        return False
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    node.flow_style = all(map(_flows, parts)) and sum(map(_length, parts)) <= SHORT
    return bool(node.flow_style)


def _length(node: yaml.Node) -> int:
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    return 2 + sum(_length(part) for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,)))


class _OpenNode(yaml.MappingNode):
    """That of an Open."""


def _opened(dumper: _Dumper, value: Open) -> _OpenNode:
    node = dumper.represent_dict(value)
    return _OpenNode(node.tag, node.value, flow_style=False)


def _collection(make: Any) -> Any:
    def represent(dumper: _Dumper, value: Any) -> yaml.Node:
        node: yaml.Node = make(dumper, value)
        _flows(node)
        return node

    return represent


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    if len(text) > LONG and (found := _PERIOD.fullmatch(text)):
        pair = {"text": found[1], "times": len(text) // len(found[1])}
        return dumper.represent_mapping("!repeat", pair, flow_style=True)
    return dumper.represent_scalar(f"{_YAML}str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Return how a text is quoted: not at all if it need not be, and with escapes if anything in it cannot be seen."""
    return None if _PLAIN.fullmatch(text) else '"'


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _collection(yaml.SafeDumper.represent_dict))
_Dumper.add_representer(Open, _opened)
_Dumper.add_representer(list, _collection(yaml.SafeDumper.represent_list))
_Dumper.add_representer(
    Made, lambda dumper, made: dumper.represent_scalar(f"!{MADE}", made.name, style=_style(made.name))
)
_Dumper.add_representer(Bytes, lambda dumper, each: dumper.represent_scalar("!bytes", each.text, style='"'))
_Dumper.add_representer(Block, lambda dumper, block: dumper.represent_scalar(f"{_YAML}str", block.text, style="|"))


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: ClassVar[Any] = {}  # type: ignore[misc]
    yaml_constructors: ClassVar[Any] = {
        tag: make
        for tag, make in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix(_YAML) in {"null", "bool", "int", "float", "str", "seq"}
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="expected the value itself, found an alias", problem_mark=mark)
        return super().compose_node(parent, index)


def _mapping(loader: _Loader, node: yaml.Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str) or key in found:
            what = f"'{key}' again" if isinstance(key, str) else "something else"
            raise yaml.MarkedYAMLError(
                problem=f"expected each key once and as text, found {what}", problem_mark=key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


def _repeated(loader: _Loader, node: yaml.Node) -> str:
    given = _mapping(loader, node) if isinstance(node, yaml.MappingNode) else {}
    text, times = given.get("text"), given.get("times")
    if given.keys() != {"text", "times"} or not isinstance(text, str) or type(times) is not int or times < 0:
        problem = "expected !repeat {text: TEXT, times: COUNT}, found something else"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
    if len(text) * times > LONGEST:
        problem = f"expected a text of at most {LONGEST} characters, found {len(text) * times}"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
    return text * times


def _scalar(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor(f"{_YAML}map", _mapping)
_Loader.add_constructor("!repeat", _repeated)
_Loader.add_constructor(f"!{MADE}", lambda loader, node: Made(_scalar(loader, node)))
_Loader.add_constructor("!bytes", lambda loader, node: b64encode(_scalar(loader, node).encode()).decode())
for _name, (_pattern, _first) in _WORDS.items():
    for _kind in (_Dumper, _Loader):
        _kind.add_implicit_resolver(f"{_YAML}{_name}", re.compile(rf"(?:{_pattern})\Z"), _first)
