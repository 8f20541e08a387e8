"""Owns making numbers and strings within a schema's rules. Must not know objects, arrays or references."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor, lcm
from typing import TYPE_CHECKING

from emulator.inference.checking import holds
from emulator.inference.keywords import LARGEST_FLOAT
from emulator.inference.merging import Scope, UnfitError
from emulator.inference.text import word, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulator.inference.keywords import Rules
    from emulator.inference.text import Choose

MOST_CHARACTERS = 4096  # a string that must be longer cannot be made
_REACH = 100  # how far from its one bound a number may lie
_WIDEST = 10**6  # whole steps between two bounds that are made use of
_TRIES = 64
_GRID = 1000  # parts into which the way between two bounds of a number is cut
_SHORT = 8  # characters; shorter strings are made of letters, for words would not differ


def integer(rules: Rules, choose: Choose, scope: Scope) -> object:
    """Return an integer; raises UnfitError if none is found."""
    divisor = max(_found(rules, "multipleOf"), default=Fraction(1))
    step = Fraction(lcm(divisor.numerator, divisor.denominator), divisor.denominator)
    return _first_that_holds(rules, _multiples(rules, step, choose), scope)


def number(rules: Rules, choose: Choose, scope: Scope) -> object:
    """Return a number; raises UnfitError if none is found."""
    step = max(_found(rules, "multipleOf"), default=None)
    found = _multiples(rules, step, choose) if step else _between(rules, choose)
    return _first_that_holds(rules, found, scope)


def _first_that_holds(rules: Rules, candidates: Iterator[Fraction], scope: Scope) -> object:
    for candidate in candidates:
        if (value := _plain(candidate)) is not None and holds(rules, value, scope):
            return value
    raise UnfitError


def _plain(candidate: Fraction) -> int | float | None:
    """Return the JSON number; None for what a float cannot hold."""
    if candidate.denominator == 1:
        return int(candidate)
    return float(candidate) if abs(candidate) < LARGEST_FLOAT else None


def _found(rules: Rules, *names: str) -> list[Fraction]:
    return [value for name in names if isinstance(value := rules.get(name), Fraction)]


def _bounds(rules: Rules, reach: Fraction) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest number allowed; a bound that is missing is `reach` from the other."""
    low = max(_found(rules, "minimum", "exclusiveMinimum"), default=None)
    high = min(_found(rules, "maximum", "exclusiveMaximum"), default=None)
    if low is None:
        low = Fraction(0) if high is None or high >= reach else high - reach
    return low, low + reach if high is None else high


def _multiples(rules: Rules, step: Fraction, choose: Choose) -> Iterator[Fraction]:
    low, high = _bounds(rules, step * _REACH)
    first, count = ceil(low / step), min(floor(high / step) - ceil(low / step) + 1, _WIDEST)
    start = choose(count) if count > 0 else 0
    for nth in range(min(count, _TRIES)):
        yield (first + (start + nth) % count) * step
    # Of a divisor such as 0.1 few multiples are such to every validator; these are.
    yield Fraction(0)
    yield step


def _between(rules: Rules, choose: Choose) -> Iterator[Fraction]:
    low, high = _bounds(rules, Fraction(_REACH))
    start = choose(_GRID + 1)
    for nth in range(_TRIES):
        yield low + (high - low) * ((start + nth) % (_GRID + 1)) / _GRID


def string(rules: Rules, choose: Choose, scope: Scope) -> object:
    """Return a string; raises UnfitError if its length cannot be had."""
    low = _count(rules, "minLength", 0)
    high = _count(rules, "maxLength", max(low, MOST_CHARACTERS))
    if low > min(high, MOST_CHARACTERS):
        raise UnfitError
    scope.step(low // 32)
    if (form := FORMATS.get(str(rules.get("format")))) is None:
        return _text(choose, low, high)
    return _of_length(form(choose), low, high)


def _count(rules: Rules, name: str, otherwise: int) -> int:
    value = rules.get(name, otherwise)
    return value if isinstance(value, int) else otherwise


def _of_length(text: str, low: int, high: int) -> str:
    if not low <= len(text) <= high:
        raise UnfitError
    return text


def _text(choose: Choose, low: int, high: int) -> str:
    if high < _SHORT:
        return _letters(choose, max(low, min(high, 5)))
    text = words(choose)
    while len(text) < low:
        text += " " + words(choose)
    return text[:high]


def _letters(choose: Choose, length: int) -> str:
    return "".join(chr(ord("a") + choose(26)) for _ in range(length))


def _hex(choose: Choose, length: int) -> str:
    return "".join("0123456789abcdef"[choose(16)] for _ in range(length))


def _moment(choose: Choose) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=choose(366 * 86400))


def _uuid(choose: Choose) -> str:
    """Return a random UUID in version 4's form (RFC 9562, section 5.4)."""
    a, b, c, d, e = (_hex(choose, length) for length in (8, 4, 3, 3, 12))
    return f"{a}-{b}-4{c}-{'89ab'[choose(4)]}{d}-{e}"


# Names and addresses are those set aside for documentation (RFC 2606, 3849 and 5737): they lead nowhere.
FORMATS: Mapping[str, Callable[[Choose], str]] = {
    "date": lambda choose: _moment(choose).strftime("%Y-%m-%d"),
    "date-time": lambda choose: _moment(choose).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "email": lambda choose: f"{word(choose)}.{word(choose)}@example.com",
    "hostname": lambda choose: f"{word(choose)}.example.com",
    "ipv4": lambda choose: f"192.0.2.{choose(256)}",
    "ipv6": lambda choose: f"2001:db8::{_hex(choose, 4)}",
    "time": lambda choose: _moment(choose).strftime("%H:%M:%SZ"),
    "uri": lambda choose: f"https://example.com/{word(choose)}/{word(choose)}",
    "uuid": _uuid,
}
