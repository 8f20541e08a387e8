"""Arguments of every call, to the edges of what the contract takes and beyond: what it forbids is drawn as well."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.contract import component
from emulator.fuzz.strategies.text import long_texts, packed, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

ENDPOINTS: Final[tuple[str, ...]] = tuple(component("BatchEndpoint")["enum"])
PURPOSES: Final[tuple[str, ...]] = tuple(component("Purpose")["enum"])
PLAIN_ID: Final = f"batch_{'0' * 31}1"
ID_DOTS: Final = ("", ".", "..")
"""Ids that no path can hold."""
ID_EDGES: Final = (
    "../files", "a/b", "/", "//", "a/../b", "?", "a?limit=1", "#", "a#b", "%", "%2F", "%2e%2e", "a%20b", "a b",
    "a;b", "a:b", "@", "a@b", "&", "=", "+", "a+b", "~", "*", "'", '"', "<", "\\", "..\\", "{id}", "$", "^", "|", "`", "[x]",
    "cancel", "batches", "content", "null", "0", "é", "中文", "\U0001f600", "\u202e", "\u2028", "a\tb", "a\nb", "\x7f",
    "a/a/a/a/a/a/", "file-a1", "batch-a1", "FILE_A1",
)  # fmt: skip
ID_PIECES: Final = (*"ab/.?#%+ &=é中\\:;@", "%2F", "%25", "%41", "e\u0301", "A", "batch_", "file_")
MISTYPED: Final[tuple[Any, ...]] = (7, 0.5, True, None, [], {"a": "b"}, [[[{}]]])
"""Values of metadata that are no text, as programs give them all the same."""
KEY_EDGES: Final = (
    "__proto__",
    "_run",
    "$ref",
    "emulator",
    "constructor",
    "metadata",
    "id",
    "a.b",
    "a[b]",
    "A",
    "a",
    "2",
    "10",
)
"""Keys that mean something to programs, or that they like to put into another order or under one name."""
INTEGER_EDGES: Final = (
    0,
    1,
    -1,
    2,
    19,
    20,
    21,
    64,
    65,
    99,
    100,
    101,
    9999,
    10000,
    10001,
    2**31,
    -(2**31) - 1,
    2**32,
    2**53 - 1,
    2**53,
)


def ids() -> SearchStrategy[str]:
    """Return ids, most of which no server would make."""
    return st.one_of(
        st.sampled_from((*ID_DOTS, *ID_EDGES)),
        st.sampled_from((*ID_DOTS, *ID_EDGES)),
        st.sampled_from((("x", 300), ("é", 200))).map(lambda piece: piece[0] * piece[1]),
        st.lists(st.sampled_from(ID_PIECES), max_size=6).map("".join),
        texts(longest=60),
    )


def metadata() -> SearchStrategy[Any]:
    """Return metadata, its null and its empty form, and more of it than the contract takes."""
    keys = st.one_of(st.sampled_from(KEY_EDGES), texts(longest=64))
    pairs = st.dictionaries(keys, texts(longest=512), max_size=5)
    wide = st.sampled_from((16, 17, 18)).map(lambda count: {f"k{number}": str(number) for number in range(count)})
    long = st.sampled_from([63, 64, 65]).map(lambda length: {"k" * length: "v" * 8 * length})
    mistyped = st.sampled_from(MISTYPED).map(lambda value: {"owner": "me", "run": value})
    edges = packed(KEY_EDGES)
    return st.one_of(st.none(), st.just({}), pairs, edges, edges, edges, wide, long, mistyped)


def _integers(most: int) -> SearchStrategy[int]:
    """Return integers, those above all that lie at the bounds of 1 and `most`."""
    bounds = st.sampled_from((0, 1, -1, most - 1, most, most + 1))
    return st.one_of(bounds, st.sampled_from(INTEGER_EDGES), st.integers(-5, 20_000))


def _words(words: tuple[str, ...]) -> SearchStrategy[str]:
    """Return a word of an enum, and now and then one that is none of them, but may look so."""
    others = (
        "",
        "other",
        words[0].upper(),
        f"{words[0]}/",
        f" {words[-1]} ",
        words[-1][:-1],
        words[0].replace("_", "-"),
    )
    return st.one_of(st.sampled_from(words), st.sampled_from(words), st.sampled_from(others))


def cursors() -> SearchStrategy[str]:
    """Return what may stand for `after`: any text at all."""
    plain = st.sampled_from((PLAIN_ID, "file-a1B2", "batch-a1B2"))
    return st.one_of(plain, ids(), long_texts().map(lambda text: text[:2000]))


def is_visible(name: str) -> bool:
    """Say whether there is anything to be seen of a name: what else is blank, languages do not agree on."""
    return any(letter.isprintable() and not letter.isspace() for letter in name)


STEMS: Final = ("input", "Input 1", "a.b", "é", "2024-01-01")
EXTENSIONS: Final = (".jsonl", ".JSONL", ".Json", ".txt", ".csv", ".gz", ".jsonl.gz", ".PDF", ".png", ".tar", ".")
"""What a name begins and ends with that says something about the file."""
FILENAMES: Final = st.one_of(
    texts(longest=80, controls=False),
    st.tuples(st.sampled_from(STEMS), st.sampled_from(EXTENSIONS)).map("".join),
    st.integers(100, 300).map(lambda length: "n" * length),
).filter(lambda name: is_visible(name) and name != "blob" and not set(name) & set("%\\\x7f\x85\u2028\r\n\t"))
"""Names that can be sent in more than one way, of which servers read one, are left out."""
NAMELESS: Final = ("", " ", "\u3000", "\ufeff", "blob")
"""Names that are as good as none."""
BOUNDARIES: Final = ("boundary", "Boundary", "----boundary", "x", "xxx", "frontier", "AaB03x", "----FormBoundary", "-")
"""What people part a form by who take the same word each time."""
PARTED: Final = "".join(f"\r\n--{word}\r\n\r\n--{word}--\r\n" for word in BOUNDARIES).encode()
CONTENTS: Final = st.one_of(
    st.sampled_from(
        [b"", b"\n", b"{}\n", b"\xef\xbb\xbf{}", b"\xff\xfe\x00", bytes(range(256)), PARTED, PARTED, b"a" * 70_000]
    ),
    st.binary(max_size=200),
)


def _given(required: Mapping[str, SearchStrategy[Any]], optional: Mapping[str, SearchStrategy[Any]]) -> Any:
    return st.fixed_dictionaries(dict(required), optional=dict(optional))


BY_CALL: Final[Mapping[str, SearchStrategy[dict[str, Any]]]] = {
    "batches.create": _given(
        {"input_file_id": cursors().filter(bool), "endpoint": _words(ENDPOINTS)},
        {"metadata": metadata(), "max_concurrency": _integers(64)},
    ),
    "batches.list": _given({}, {"after": cursors(), "limit": _integers(100)}),
    "files.list": _given(
        {},
        {
            "after": cursors(),
            "limit": _integers(10_000),
            "order": _words(("asc", "desc")),
            "purpose": _words(PURPOSES),
            "sha256": st.one_of(st.sampled_from(("0" * 64, "A" * 64)), texts(longest=80)),
        },
    ),
    "files.upload": _given(
        {
            "filename": st.one_of(FILENAMES, FILENAMES, FILENAMES, st.sampled_from(NAMELESS)),
            "content": CONTENTS.map(lambda content: b64encode(content).decode()),
            "purpose": _words(PURPOSES),
        },
        {},
    ),
}
"""The calls that take more than an id."""


TENANT_EDGES: Final = ("**", "a b", " a", "a ",
                       "é", "中", "a\tb", "a\nb", "a\r\nX-Evil: 1", "a\0b", "a,b",
                       '"a"', "null", "None", "0", "=?utf-8?q?a?=", "a; b=c")  # fmt: skip
"""External user ids in forms that go wrong somewhere; some of them the contract forbids."""


def tenants() -> SearchStrategy[str | None]:
    """Return whom a client may act for, mostly in forms that the contract takes."""
    names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
    bounds = st.sampled_from(("", "*", "x" * 150, "x" * 151))
    return st.one_of(st.none(), st.just("alice"), names, bounds, st.sampled_from(TENANT_EDGES))
