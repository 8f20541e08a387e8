"""Text of every kind that goes wrong somewhere: empty, huge, in any script, and what URLs, headers or JSON mean something by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

EDGES: Final = (
    "", " ", "  a ", "0", "null", "None", "true", "-1", "1e999", "\t", "\n", "\r\n", "a\nb", "'", '"', "\\", "\\u0041",
    "%", "%41", "%2F", "&a=b", "+", "a b", "a/b", "../x", "?x=1", "#x", ";", "é", "e\u0301", "ß", "İ", "中文", "עברית",
    "\u202eabc", "\u200b", "\ufeff", "\u2028", "\x7f", "\x85", "\U0001f600", "\U0001f468\u200d\U0001f469", "\uffff",
    "\ufffd", "{}", "[1]", "1704067200", "1.0", "007", "NaN", "2024-01-01T00:00:00Z",
    "=1+1", "__proto__", "undefined", "\U0010ffff", "\ue000", "<b>", "a&amp;b", "a\r\nb", "${x}", "{0}", "%s", "\U0001d4b3", "ﷺ",
    "\u1112\u1161\u11ab", "A\u030a\u212b", "\u0344", "TRUE", "yes",
)  # fmt: skip
CONTROLS: Final = ("\x00", "\x00a", "a\x00b", "\x01", "\x1b[31m", "\x08")
MOST_PAIRS: Final = 16
PLACES: Final = 2**20
HUGE: Final = (("x", 513), ("é", 5_000), ("\U0001f600", 2_000), ("a b", 4_000))


def texts(*, longest: int = 40, controls: bool = True) -> SearchStrategy[str]:
    """Return text, mostly short, at its edges as often as not; without lone surrogates."""
    alphabet = st.characters(codec="utf-8", exclude_categories=[] if controls else ["Cc"])
    edges = st.sampled_from([each for each in EDGES if len(each) <= longest])
    plain = st.one_of(edges, edges, st.text(alphabet, max_size=min(longest, 20)))
    return st.one_of(plain, st.sampled_from(CONTROLS)) if controls else plain


def packed(keys: Sequence[str] = ()) -> SearchStrategy[dict[str, str]]:
    """Return as many pairs of text as metadata may have, most of them at an edge, their keys too; `keys` are further ones.

    One number decides all of them, so that each is another whenever something new is drawn, and many are met with soon.
    """
    names = [*keys, *(each for each in EDGES if each)]
    values = [*EDGES, *CONTROLS]
    return st.integers(0, PLACES).map(
        lambda at: {
            names[(7 * at + 11 * number) % len(names)]: values[(5 * at + 13 * number) % len(values)]
            for number in range(MOST_PAIRS)
        }
    )


def long_texts() -> SearchStrategy[str]:
    """Return text that is far longer than anybody expects."""
    return st.sampled_from(HUGE).map(lambda piece: piece[0] * piece[1])
