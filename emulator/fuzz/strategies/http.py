"""What comes over HTTP around a reply: statuses, media types, charsets, Retry-After, and connections that fail at any byte."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.strategies.text import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

REFUSALS: Final = (400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 429, 451, 500, 501, 502, 503, 504, 520, 599)
OTHERS: Final = (100, 101, 102, 103, 201, 202, 203, 204, 206, 226, 299, 300, 301, 302, 303, 304, 307, 308)
MEDIA_TYPES: Final = (
    "application/json", "application/json; charset=utf-8", "application/problem+json", "text/html", "text/plain",
    "text/html; charset=iso-8859-1", "application/json; charset=utf-16", "application/octet-stream", "application/jsonl",
    "text/event-stream", "image/png", "multipart/mixed", "json", "a/b; c=d; charset=none", "APPLICATION/JSON",
    'application/json; charset="UTF-8"', "application/json;charset=latin-1",
    "text/plain; charset=windows-1251", "; charset=",
)  # fmt: skip
LONG: Final = 500
MOST_OF_A_PIECE: Final = 6
PAGES: Final = (
    b"null", b"{}", b"[]", b"0", b'"error"', b"true", b"{", b"}", b"<h1>Bad gateway</h1>",
    b"<html><body>Bad gateway</body></html>", b"<!DOCTYPE html>\n<title>502</title>", b"upstream timed out",
    b'{"error":"Rate limit exceeded"}', b'{"error":{"message":"No.","type":"e","code":404}}', b'{"error":null}',
    b'{"error":{"message":"No.","type":"e","code":"not_found"}}', b'{"error":{"message":null}}', b'{"error":[]}',
    b'{"detail":[{"loc":["a"],"msg":"b"}]}', b'{"a":NaN}',
    b'{"error":{"message":"No.","code":1e400}}',
    b'{"error":{"message":"\\ud800"}}', b'{"error":"a","error":"b"}', b"\xff\xfe", b"\x00",
    b"\xef\xbb\xbf{}", b"\x80abc", b"a\r\n\r\nb",
    "naïve ☕ 中文".encode(), "naïve".encode("latin-1"),
)  # fmt: skip


LONG_PAGES: Final = ((b"x", 100_000), (b"[", 3000), (b'{"a":', 3000), (b"1", 5000))


NOWHERE: Final = ("", "?again", "mailto:nobody", "http://127.0.0.1:0/", "\\\\")
"""What Location may say: here again, in one way or another, or what no client can ask."""
IDLE: Final[tuple[dict[str, Any], ...]] = (
    {"Retry-After": "5"},
    {"Retry-After": "soon"},
    {"Location": "/elsewhere"},
    {"Set-Cookie": ["a=b; Path=/", "c=d"]},
    {"X-Long": 6000},
    {"X-Latin": "na\u00efve"},
    {"X-Empty": ""},
    {"Content-Language": "en", "Cache-Control": "max-age=31536000", "ETag": 'W/"1"'},
    {"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "Last-Modified": "soon"},
    {"X-Should-Retry": "true"},
)
"""Headers beside a good reply that say nothing about what it holds; a number stands for so many letters."""


def bodies() -> SearchStrategy[bytes]:
    """Return what an error may hold: envelopes of all kinds, pages, nothing, and bytes that are no text."""
    words = st.one_of(st.none(), st.integers(-5, 600), texts())
    envelope = st.fixed_dictionaries({}, optional={"message": words, "type": words, "code": words, "param": words})
    envelopes = envelope.map(lambda error: json.dumps({"error": error}, ensure_ascii=False).encode())
    long = st.sampled_from(LONG_PAGES).map(lambda piece: piece[0] * piece[1])
    return st.one_of(st.just(b""), st.sampled_from(PAGES), envelopes, long, st.binary(max_size=30))


def media_types() -> SearchStrategy[str | None]:
    """Return what a body may be called; None for nothing."""
    return st.one_of(st.just("application/json"), st.none(), st.sampled_from(MEDIA_TYPES))


def refusals() -> SearchStrategy[dict[str, Any]]:
    """Return replies of 400 to 599, as rules have them."""
    statuses = st.one_of(st.sampled_from(REFUSALS), st.integers(400, 599))
    return st.builds(reply, statuses, bodies(), media_types())


def others() -> SearchStrategy[dict[str, Any]]:
    """Return replies that are neither 200 nor an error; a redirect leads nowhere, or round and round."""
    plain = st.builds(reply, st.sampled_from(OTHERS), bodies(), media_types())
    return st.builds(_leading, plain, st.sampled_from((None, *NOWHERE)))


def _leading(reply: dict[str, Any], where: str | None) -> dict[str, Any]:
    is_redirect = 300 <= reply["status"] < 400
    return {**reply, "headers": {"Location": where}} if is_redirect and where is not None else reply


def headers() -> SearchStrategy[dict[str, Any]]:
    """Return headers that change nothing about a reply of status 200; mostly none."""
    return st.one_of(st.just({}), st.just({}), st.sampled_from(IDLE).map(_spelt))


def _spelt(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "x" * value if isinstance(value, int) else value for name, value in headers.items()}


def media_type_of(reply: Mapping[str, Any]) -> str | None:
    """Return what the body of a rule's reply is called on the wire: text is called so when nothing else is said."""
    said: str | None = reply.get("content_type")
    return said or ("text/plain" if reply.get("body") else None)


def reply(status: int, body: bytes, media_type: str | None) -> dict[str, Any]:
    """Return a reply as rules have it: its body is text where it can be, for people to read."""
    found: dict[str, Any] = {"status": status}
    if media_type is not None:
        found["content_type"] = media_type
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {**found, "base64": b64encode(body).decode()}
    return {**found, "body": _short(text)} if text else found


def body_of(reply: Mapping[str, Any]) -> bytes:
    """Return the bytes of a rule's reply."""
    if "base64" in reply:
        return b64decode(reply["base64"])
    body = reply.get("body", "")
    pieces = body if isinstance(body, list) else [body]
    return "".join(each if isinstance(each, str) else each["text"] * each["times"] for each in pieces).encode()


def _short(text: str) -> str | list[dict[str, Any]]:
    """Return text that is one piece over and over as people want to read it."""
    if len(text) > LONG:
        for size in range(1, MOST_OF_A_PIECE):
            piece, times = text[:size], len(text) // size
            if text == piece * times:
                return [{"text": piece, "times": times}]
    return text


def retry_after() -> SearchStrategy[str | None]:
    """Return what Retry-After may say: seconds, dates, nonsense, or nothing."""
    return st.one_of(
        st.none(),
        st.integers(0, 40).map(str),
        st.sampled_from(("31", "120", "86400")),
        st.sampled_from((
            "0", "1", "30", "31", "120", "86400", "99999999999999999999", "-1", "1.5", "1e3", "1e400", "NaN", "inf", "soon", "",
            " 5 ", "+5", "0x10", "٣", "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT",
            "Mon, 99 Foo 2001 00:00:00 GMT", "2024-01-01T00:00:00Z", "Thursday, 01-Jan-70 00:00:00 GMT",
        )).filter(lambda text: all(ord(letter) < 256 for letter in text)),
    )  # fmt: skip


def cuts(*, longest: int) -> SearchStrategy[dict[str, Any]]:
    """Return ways in which a connection ends: at once, in the head, or at any byte of a body of at most this length."""
    places = st.one_of(
        st.just(True),
        st.integers(1, 200).map(lambda at: {"head": at}),
        st.integers(0, longest // 4).map(lambda at: {"body": at}),
        st.integers(0, longest).map(lambda at: {"body": at}),
    )
    return st.tuples(st.sampled_from(("reset", "close")), places).map(lambda pair: {pair[0]: pair[1]})
