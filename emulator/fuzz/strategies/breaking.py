"""Replies that break the contract: JSON that does not fit its schema, JSON that is written oddly, and what is no JSON at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.contract import REPLIES, VENDOR_REQUIRES, component
from emulator.fuzz.strategies.http import reply
from emulator.fuzz.strategies.replies import PLAIN
from emulator.fuzz.strategies.text import texts

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

JSON: Final = "application/json"
ODD_NUMBERS: Final = (
    "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616", "1" * 40, "1.0", "1704067200.0", "1e3",
    "1704067200.5", "-0", "-0.0", "1E400", "1e-400", "0.1",
)  # fmt: skip
OTHER_VALUES: Final = (
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    '""',
    '"x"',
    '"1704067200"',
    '"1"',
    "[]",
    "{}",
    "[1]",
    '{"a":1}',
    '"\\ud800"',
)
NO_JSON: Final = (
    "", " ", "{", "}", "[", '{"id":', "nul", "NaN", "Infinity", "{'id': 1}", "<html></html>", "undefined", "{}{}", "[1,]",
    '{"a":1,}', "\ufeff", '"\\x"', "01", "+1", "// no\n{}", '{"id":"batch_1"',
)  # fmt: skip
ROOTS: Final = ("null", "[]", "{}", '""', "0", "true", '[{"id":"batch_1"}]', '{"error":{"message":"No."}}')
"""JSON that is no reply of any operation."""
MARK: Final = "@@here@@"


def bad_replies(operation: str) -> SearchStrategy[dict[str, Any]]:
    """Return replies of status 200, as rules have them, that no server which keeps the contract sends."""
    plain = PLAIN.get(REPLIES[operation])
    roots = st.sampled_from((*NO_JSON, *ROOTS))
    texts_ = roots if plain is None else st.one_of(roots, *_broken(REPLIES[operation]))
    types = st.sampled_from((JSON, JSON, JSON, JSON, "text/html", "text/plain", "application/json; charset=latin-1"))
    return st.builds(lambda text, media: reply(200, text.encode(), media), texts_, types)


def _broken(name: str) -> list[SearchStrategy[str]]:
    """Return ways to break a component: a member that is odd, missing, or there twice; text around it or cut off it."""
    members = st.sampled_from(list(PLAIN[name]))
    odd = st.one_of(st.sampled_from(ODD_NUMBERS), st.sampled_from(OTHER_VALUES), texts(controls=False).map(json.dumps))
    required = st.sampled_from(list(VENDOR_REQUIRES.get(name, tuple(component(name)["required"]))))
    whole = json.dumps(PLAIN[name])
    return [
        st.builds(lambda member, value: _with(name, member, value), members, odd),
        st.builds(lambda member, value: _with(name, member, value), members, odd),
        required.map(lambda member: json.dumps({key: value for key, value in PLAIN[name].items() if key != member})),
        st.builds(lambda member, value: f'{whole[:-1]},"{member}":{value}}}', members, odd),
        st.integers(1, len(whole) - 1).map(lambda length: whole[:length]),
        st.sampled_from((" x", "}", "\x00", whole)).map(lambda more: whole + more),
    ]


def _with(name: str, member: str, value: str) -> str:
    """Return a component's JSON with other text where a member's value stands."""
    return json.dumps({**PLAIN[name], member: MARK}).replace(json.dumps(MARK), value)
