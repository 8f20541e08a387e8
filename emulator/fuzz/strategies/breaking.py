"""Replies that break the contract: JSON that does not fit its schema, JSON that is written oddly, and what is no JSON at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.contract import REPLIES, VENDOR_REQUIRES, component, resolved
from emulator.fuzz.strategies.http import reply
from emulator.fuzz.strategies.replies import ITEMS, PLAIN
from emulator.fuzz.strategies.text import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

JSON: Final = "application/json"
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
        '{"total":"1","completed":0,"failed":0}', '{"total":9007199254740993,"completed":1.5,"failed":-1}',
        '{"total":1,"total":2,"completed":0,"failed":0}', '{"object":"list","data":[{"code":1,"message":null}]}',
        '{"object":"list","data":null}',
    ),
    "boolean": ("null", "0", "1", '"false"', '"true"', '""', "[]", "{}"),
    "array": ("null", "{}", "[null]", '""', "[[]]", "[{}]"),
}  # fmt: skip
"""What may stand, as JSON is written, where the contract has something else: by what it has there."""
NO_JSON: Final = (
    "", " ", "{", "}", "[", '{"id":', "nul", "NaN", "Infinity", "{'id': 1}", "<html></html>", "undefined", "{}{}", "[1,]",
    '{"a":1,}', "\ufeff", '"\\x"', "01", "+1", "// no\n{}", '{"id":"batch_1"'
)  # fmt: skip
DEEP: Final = (("[", 100_000), ('{"a":', 20_000))
"""Deeper than anybody reads, and without an end; a piece, and how often it comes."""
ROOTS: Final = ("null", "[]", "{}", '""', "0", "true", '[{"id":"batch_1"}]', '{"error":{"message":"No."}}')
"""JSON that is no reply of any operation."""
MARK: Final = "@@here@@"


TYPES: Final = (
    JSON, JSON, JSON, JSON, "text/html", "text/plain", "application/json; charset=latin-1", "application/json; charset=utf-16",
)  # fmt: skip
CHARSETS: Final = ("latin-1", "utf-16", "utf-16-le", "cp1252", "utf-8-sig")
NOT_ASCII: Final = "naïve"


def bad_replies(operation: str) -> SearchStrategy[dict[str, Any]]:
    """Return replies of status 200, as rules have them, that no server which keeps the contract sends."""
    name = REPLIES[operation]
    deep = st.sampled_from(DEEP).map(lambda piece: piece[0] * piece[1])
    texts_ = st.one_of(st.sampled_from((*NO_JSON, *ROOTS)), deep, *_broken(name))
    bodies = st.builds(lambda text, media: reply(200, text.encode(), media), texts_, st.sampled_from(TYPES))
    return st.one_of(bodies, bodies, bodies, bodies, _encoded(name), _spoilt(name))


def _encoded(name: str) -> SearchStrategy[dict[str, Any]]:
    """Return replies in a charset that is not JSON's, which their media type may name, or another, or none."""
    member = "id" if "id" in PLAIN[name] else "first_id"
    text = json.dumps({**PLAIN[name], member: NOT_ASCII}, ensure_ascii=False)
    types = st.sampled_from((JSON, "application/json; charset={}", "application/json; charset=utf-8"))
    return st.builds(
        lambda charset, media: reply(200, text.encode(charset), media.format(charset)), st.sampled_from(CHARSETS), types
    )


def _spoilt(name: str) -> SearchStrategy[dict[str, Any]]:
    """Return replies with a byte in them that is no text, in a text or anywhere."""
    whole = json.dumps(PLAIN[name]).encode()
    places = st.one_of(st.just(whole.index(b"_") + 1), st.integers(0, len(whole)))
    spoils = st.sampled_from((b"\xff", b"\xc3", b"\x00", b"\xed\xa0\x80"))
    return st.builds(lambda at, spoil: reply(200, whole[:at] + spoil + whole[at:], JSON), places, spoils)


def _broken(name: str) -> list[SearchStrategy[str]]:
    """Return ways to break a component: a member that is odd, missing, or there twice; text around it or cut off it."""
    odd = st.one_of([st.tuples(st.sampled_from(members), _odd(kind)) for kind, members in _by_kind(name).items()])
    whole = json.dumps(PLAIN[name])
    ways = [
        odd.map(lambda pair: _with(name, *pair)),
        odd.map(lambda pair: _with(name, *pair)),
        odd.map(lambda pair: _with(name, *pair)),
        _without(name),
        odd.map(lambda pair: f'{whole[:-1]},"{pair[0]}":{pair[1]}}}'),
        st.integers(1, len(whole) - 1).map(lambda length: whole[:length]),
        st.sampled_from((" x", "}", "\x00", whole)).map(lambda more: whole + more),
        st.sampled_from(("[@]", "[@,@]", '{"data":@}')).map(lambda around: around.replace("@", whole)),
    ]
    if name in ITEMS:
        ways += [each.map(lambda text: _with(name, "data", f"[{text}]")) for each in _broken(ITEMS[name])[:5]]
    return ways


def _odd(kind: str) -> SearchStrategy[str]:
    values = st.sampled_from(ODD[kind])
    others = {"text": texts(controls=False).map(json.dumps), "words": st.just("null")}
    return st.one_of(values, values, others.get(kind, values))


def _by_kind(name: str) -> dict[str, list[str]]:
    """Return a component's members by what they hold."""
    found: dict[str, list[str]] = {}
    for member, schema in component(name)["properties"].items():
        found.setdefault(_kind(schema), []).append(member)
    return found


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


def _without(name: str) -> SearchStrategy[str]:
    """Return a component's JSON without one of the members that the vendor requires."""
    required = st.sampled_from(list(VENDOR_REQUIRES.get(name, tuple(component(name)["required"]))))
    return required.map(lambda member: json.dumps({key: value for key, value in PLAIN[name].items() if key != member}))


def _with(name: str, member: str, value: str) -> str:
    """Return a component's JSON with other text where a member's value stands."""
    return json.dumps({**PLAIN[name], member: MARK}).replace(json.dumps(MARK), value)
