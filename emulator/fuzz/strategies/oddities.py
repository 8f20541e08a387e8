"""All the replies that break the contract in one place: a list for each component, in no order.

JSON that does not fit its schema, JSON that is written oddly or in another charset, and what is no JSON at all.
"""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Final

from emulator.fuzz.contract import VENDOR_REQUIRES, component, resolved
from emulator.fuzz.strategies.http import reply
from emulator.fuzz.strategies.replies import ITEMS, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ODD: Final[Mapping[str, tuple[str, ...]]] = {
    "integer": (
        "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616", "1" * 40, "1.0", "1704067200.0",
        "1e3", "1704067200.5", "-0", "-0.0", "1E400", "1e-400", "0.1",
        '"1704067200"', '"1"', '" 1 "', '"x"', "true", "null", "[]",
    ),
    "text": ("null", "0", "1", "1.5", "true", "false", '""', "[]", "{}", '["a"]', '"\\ud800"', '"\\udc00a"', '"\\u0000"'),
    "words": ("null", '"paused"', '"canceled"', '"COMPLETED"', '"/v2/responses"', '""', "1", "[]"),
    "object": (
        "null", "[]", "{}", '""', "1", '{"a":1}', '{"k":1}', '{"k":null}', '{"k":true}', '{"k":[]}', '{"k":"a","k":"b"}',
        '{"total":"1","completed":0,"failed":0}',
        '{"total":true,"completed":false,"failed":0}', '{"total":9007199254740993,"completed":1.5,"failed":-1}',
        '{"total":1,"total":2,"completed":0,"failed":0}', '{"object":"list","data":[{"code":1,"message":null}]}',
        '{"object":"list","data":null}',
    ),
    "boolean": ("false", "true", "null", "0", "1", '"false"', '"true"', '""', "[]", "{}"),
    "array": ("null", "{}", "[null]", '""', "[[]]", "[{}]"),
}  # fmt: skip
"""What may stand, as JSON is written, where the contract has something else: by what it has there."""
NO_JSON: Final = (
    "", " ", "{", "}", "[", '{"id":', "nul", "NaN", "Infinity", "{'id': 1}", "<html></html>", "undefined", "{}{}", "[1,]",
    '{"a":1,}', "\ufeff", '"\\x"', "01", "+1", "// no\n{}", '{"id":"batch_1"'
)  # fmt: skip
ROOTS: Final = ("null", "[]", "{}", '""', "0", "true", '[{"id":"batch_1"}]', '{"error":{"message":"No."}}')
"""JSON that is no reply of any operation."""
AROUND: Final = ("@ x", "@}", "@\x00", "@@", "[@]", "[@,@]", '{"data":@}', '{"error":null,"data":@}', "\ufeff@")
"""What may stand around a whole reply, which is where the sign is."""
MARK: Final = "@@here@@"
JSON: Final = "application/json"
TYPES: Final = ("text/html", "text/plain", "application/json; charset=latin-1", "application/json; charset=utf-16")
SOME: Final = 5
"""One text of so many comes under another media type as well."""
DEEP: Final = (("[", 100_000), ('{"a":', 20_000))
"""Deeper than anybody reads, and without an end; a piece, and how often it comes."""
CHARSETS: Final = ("latin-1", "utf-16", "utf-16-le", "cp1252", "utf-8-sig")
NOT_ASCII: Final = "naïve"
SPOILS: Final = (b"\xff", b"\xc3", b"\x00", b"\xed\xa0\x80")
STRIDE: Final = 60
"""How far it is from one place at which a reply ends too early to the next."""


@cache
def oddities(name: str) -> tuple[dict[str, Any], ...]:
    """Return replies of status 200, as rules have them, each of them a component but for one oddity, or none at all."""
    own, below = [*NO_JSON, *ROOTS, *_of_component(name)], _in_pages(name)
    texts = [
        *own * max(1, len(below) // len(own)),
        *below,
    ]  # what is odd about a page comes as often as about its items
    found = [
        *(reply(200, text.encode(), JSON) for text in texts),
        *(reply(200, text.encode(), TYPES[at % len(TYPES)]) for at, text in enumerate(texts[::SOME])),
        *(reply(200, (piece * times).encode(), JSON) for piece, times in DEEP),
        *_encoded(name),
        *_spoilt(name),
    ]
    Random(0).shuffle(found)
    return tuple(found)


def _in_pages(name: str) -> list[str]:
    items = _of_component(ITEMS[name]) if name in ITEMS else ()
    return [_with(name, "data", f"[{text}]") for text in items]


def _of_component(name: str) -> Iterator[str]:
    whole = json.dumps(PLAIN[name])
    for member, kind in _kinds(name).items():
        for value in ODD[kind]:
            yield _with(name, member, value)
        for value in (ODD[kind][0], ODD[kind][-1]):
            yield f'{whole[:-1]},"{member}":{value}}}'
    for member in VENDOR_REQUIRES.get(name, tuple(component(name)["required"])):
        yield json.dumps({key: value for key, value in PLAIN[name].items() if key != member})
    yield from (around.replace("@", whole) for around in AROUND)
    yield from (whole[:length] for length in range(1, len(whole), STRIDE))


def _encoded(name: str) -> Iterator[dict[str, Any]]:
    """Yield replies in a charset that is not JSON's, which their media type names, or another, or none."""
    member = "id" if "id" in PLAIN[name] else "first_id"
    text = json.dumps({**PLAIN[name], member: NOT_ASCII}, ensure_ascii=False)
    for charset in CHARSETS:
        for media_type in (JSON, f"{JSON}; charset={charset}", f"{JSON}; charset=utf-8"):
            yield reply(200, text.encode(charset), media_type)


def _spoilt(name: str) -> Iterator[dict[str, Any]]:
    """Yield replies with a byte in them that is no text, in a text, before all and after it."""
    whole = json.dumps(PLAIN[name]).encode()
    for at in (whole.index(b"_") + 1, 0, len(whole)):
        for spoil in SPOILS:
            yield reply(200, whole[:at] + spoil + whole[at:], JSON)


def _kinds(name: str) -> dict[str, str]:
    """Return what each member of a component holds."""
    return {member: _kind(schema) for member, schema in component(name)["properties"].items()}


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a schema has, null aside, as one of the keys of ODD."""
    schema = resolved(schema)
    if "enum" in schema:
        return "words"
    if "anyOf" in schema:
        return _kind(schema["anyOf"][0])
    types = schema.get("type", "string")
    kind = types if isinstance(types, str) else types[0]
    return {"string": "text"}.get(kind, kind)


def _with(name: str, member: str, value: str) -> str:
    """Return a component's JSON with other text where a member's value stands."""
    return json.dumps({**PLAIN[name], member: MARK}).replace(json.dumps(MARK), value)
