"""Owns the model's prose and the counting of tokens. Must not know endpoints.

The rule for tokens: a token is four characters, and the last one may be shorter. It holds for each text by
itself, and a count is the sum over the texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Choose = Callable[[int], int]

CHARACTERS_PER_TOKEN = 4

# The members of messages, input items and their parts in which text stands, on whichever endpoint.
_TEXT_MEMBERS = ("content", "text", "refusal", "tool_calls", "function", "arguments", "output", "summary")
_DEEPEST = 12  # levels of members; a message's text stands at the fourth

_ADJECTIVES = (
    "quiet", "small", "early", "bright", "narrow", "patient", "green", "distant", "warm", "plain", "steady",
    "curious", "heavy", "gentle", "open", "late",
)  # fmt: skip
_NOUNS = (
    "river", "lantern", "harbour", "garden", "letter", "window", "engine", "orchard", "bridge", "signal",
    "market", "valley", "kettle", "ladder", "compass", "meadow", "clock", "ferry", "library", "stone",
)  # fmt: skip
_VERBS = (
    "follows", "carries", "finds", "keeps", "crosses", "answers", "watches", "holds", "reaches", "remembers",
    "passes", "measures",
)  # fmt: skip
_PLACES = (
    "beside", "beyond", "near", "behind", "above", "below", "inside", "before",
)  # fmt: skip

_SENTENCE = (_ADJECTIVES, _NOUNS, _VERBS, _ADJECTIVES, _NOUNS, _PLACES, _NOUNS)


def passage(choose: Choose) -> str:
    """Return one to three plain English sentences."""
    return " ".join(sentence(choose) for _ in range(1 + choose(3)))


def sentence(choose: Choose) -> str:
    """Return a plain English sentence."""
    how, who, does, which, what, place, where = [vocabulary[choose(len(vocabulary))] for vocabulary in _SENTENCE]
    return f"The {how} {who} {does} the {which} {what} {place} the {where}."


def word(choose: Choose) -> str:
    """Return a noun in lower-case letters."""
    return _picker(choose)(_NOUNS)


def words(choose: Choose) -> str:
    """Return two words, an adjective and a noun."""
    pick = _picker(choose)
    return f"{pick(_ADJECTIVES)} {pick(_NOUNS)}"


def _picker(choose: Choose) -> Callable[[tuple[str, ...]], str]:
    return lambda vocabulary: vocabulary[choose(len(vocabulary))]


def tokens(text: str) -> int:
    """Count a text's tokens."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def first_tokens(text: str, count: int) -> str:
    """Return the text's first tokens, at most that many."""
    return text[: count * CHARACTERS_PER_TOKEN]


def before_stop(text: str, stops: tuple[str, ...]) -> str:
    """Return the text up to the first place at which one of the stop sequences begins."""
    return text[: min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))]


def tokens_within(value: object) -> int:
    """Count the tokens of all texts in messages or input items; pictures and sounds count nothing."""
    return sum(map(tokens, _texts(value, _DEEPEST)))


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for member in _members(value) if depth else ():
        yield from _texts(member, depth - 1)


def _members(value: object) -> list[object]:
    if isinstance(value, dict):
        return [value[name] for name in _TEXT_MEMBERS if name in value]
    return value if isinstance(value, list) else []
