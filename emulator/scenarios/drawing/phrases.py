"""Short phrases for everything that a scenario says: as labels in pictures, as notes, and as words on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from emulator.domain.clock import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

    from emulator.domain.edits import Edit, ResultsPlan
    from emulator.domain.jsonl import InputFault
    from emulator.domain.outcomes import LinePattern, LineRule, Outcome
    from emulator.domain.paths import Changes
    from emulator.domain.rules import Cut, Delay, Hide, Match, Rule, StubReply
    from emulator.domain.steps import Amount

OPERATIONS: Final = (
    "uploadFile",
    "createBatch",
    "getBatch",
    "listBatches",
    "cancelBatch",
    "listFiles",
    "getFile",
    "getFileContent",
    "deleteFile",
)
"""In the order in which a client comes to them."""

_UNITS: Final = ((3600 * SECOND_US, "h"), (60 * SECOND_US, "min"), (SECOND_US, "s"), (1000, "ms"), (1, "µs"))
_PLACES: Final[Mapping[tuple[int, ...], str]] = {(0,): "the first line", (-1,): "the last line"}
_TO: Final = "\N{EN DASH}"
_ORDINALS: Final = {1: "st", 2: "nd", 3: "rd"}


def duration(us: int) -> str:
    """Write a duration as people say it: `1 h 1 min`."""
    words: list[str] = []
    for size, unit in _UNITS:
        count, us = divmod(us, size)
        words += [f"{count} {unit}"] if count else []
    return " ".join(words) or "0"


def percent(share: Fraction) -> str:
    """Write a share: `40 %`, `0.5 %`."""
    return f"{float(share * 100):g} %"


def amount(said: Amount) -> str:
    """Write how many lines are done: `40 %`, `3 lines`."""
    if said.unit == "share":
        return percent(said.value)
    return "1 line" if said.value == 1 else f"{said.value} lines"


def ordinal(number: int) -> str:
    """Write `1st`, `2nd`, `11th`."""
    suffix = "th" if number % 100 in {11, 12, 13} else _ORDINALS.get(number % 10, "th")
    return f"{number}{suffix}"


def numbers(values: Iterable[int]) -> str:
    """Write numbers in order, runs as ranges: `1-3, 7`."""
    runs: list[list[int]] = []
    for value in sorted(values):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}{_TO}{run[-1]}" for run in runs)


def value(found: object) -> str:
    """Write a JSON value, shortened."""
    return _shortened(json.dumps(found, ensure_ascii=False))


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def changes(made: Changes) -> str:
    """Write what is set and unset."""
    return ", ".join(
        [*(f"{path} = {value(new)}" for path, new in made.set.items()), *(f"no {path}" for path in made.unset)]
    )


def fault(entry: InputFault) -> str:
    """Write one entry of a batch's errors."""
    place = f"line {entry.line}: " if entry.line is not None else ""
    param = f" ({entry.param})" if entry.param else ""
    return f"{place}{entry.code}{param}"


# Rules


def rule(each: Rule) -> str:
    """Write a rule: `getBatch #2-3 → 502 text/html`."""
    return f"{match(each.on)} → {effect(each)}"


def match(on: Match) -> str:
    """Write which requests a rule means: `getBatch #2-3`."""
    return " ".join([_operations(on), *_conditions(on), *_choice(on)])


def _operations(on: Match) -> str:
    if on.operations is None:
        return "any call"
    return "/".join(name for name in OPERATIONS if name in on.operations)


def _conditions(on: Match) -> Iterator[str]:
    if on.statuses is not None:
        yield f"when {'/'.join(sorted(on.statuses))}"
    if on.since_us:
        yield f"from {duration(on.since_us)}"
    if on.until_us is not None:
        yield f"until {duration(on.until_us)}"
    if on.path is not None:
        yield f"at {on.path}"
    yield from (f"with {name}: {glob}" for name, glob in on.headers.items())


def _choice(on: Match) -> Iterator[str]:
    if on.nth is not None:
        yield f"#{numbers(on.nth)}"
    if on.every is not None:
        yield f"every {ordinal(on.every)}" if on.every > 1 else "each"
    if on.times is not None:
        yield "the first time" if on.times == 1 else f"the first {on.times} times"


def effect(each: Rule) -> str:
    """Write what a rule does: `502 text/html`, `takes effect, then the connection closes`."""
    said = ", ".join(_effects(each))
    return f"takes effect, then {said}" if each.after else said


def _effects(each: Rule) -> Iterator[str]:
    if each.arrive:
        yield f"{each.arrive} more {'batch appears' if each.arrive == 1 else 'batches appear'}"
    if each.delay:
        yield _delay(each.delay)
    if each.reply:
        yield _reply(each.reply)
    if each.changes:
        yield changes(each.changes)
    if each.hide:
        yield _hide(each.hide)
    yield from (f"{name}: {', '.join(texts) or 'left out'}" for name, texts in each.headers.items())
    yield from (f"{path} is the raw text {_shortened(text)}" for path, text in each.raw.items())
    yield from _wire_effects(each)


def _wire_effects(each: Rule) -> Iterator[str]:
    if each.truncate is not None:
        yield f"body cut to {_bytes(each.truncate)}"
    if each.garble:
        yield f"{_bytes(each.garble)} of the body spoilt"
    if each.drip:
        yield f"body drips, {_bytes(each.drip.bytes)} every {duration(each.drip.every_us)}"
    if each.reset:
        yield f"connection reset{_cut(each.reset)}"
    if each.close:
        yield f"connection closed{_cut(each.close)}"


def _reply(reply: StubReply) -> str:
    headers = {name.lower(): text for name, text in reply.headers}
    words = [str(reply.status), headers.get("content-type", "").split(";")[0]]
    if reply.status < 300 and reply.body:
        words.append(_shortened(reply.body[:80].decode(errors="backslashreplace")))
    if "retry-after" in headers:
        words.append(f"(Retry-After: {headers['retry-after']})")
    return " ".join(word for word in words if word)


def _delay(delay: Delay) -> str:
    return f"{duration(delay.us)} late" + (" on the world's clock" if delay.clock == "world" else "")


def _hide(hide: Hide) -> str:
    until = f" until {duration(hide.until_us)} old" if hide.until_us is not None else ""
    return f"hides {_where(hide.where) or 'every item'}{until}"


def _cut(cut: Cut) -> str:
    return f" after {_bytes(cut.bytes)} of the {cut.part}" if cut.bytes or cut.part == "body" else ""


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count:,} bytes"


# Lines and files


def line_rule(each: LineRule) -> str:
    """Write which lines are meant and what comes of them: `row-7* → error processing_error`."""
    return f"{pattern(each.when)} → {outcome(each.outcome)}"


def pattern(when: LinePattern) -> str:
    """Write which lines are meant."""
    return " and ".join(_pattern(when)) or "every line"


def _pattern(when: LinePattern) -> Iterator[str]:
    if when.custom_id is not None:
        yield when.custom_id
    if when.indices is not None:
        yield _PLACES.get(when.indices) or f"index {', '.join(map(str, when.indices))}"
    if when.every is not None:
        yield f"every {ordinal(when.every)} line" + (f" from index {when.start}" if when.start else "")
    if when.body:
        yield _where(when.body)
    if when.share is not None:
        yield f"{percent(when.share)} of the lines"


def _where(wanted: Mapping[str, object]) -> str:
    return ", ".join(f"{path} = {value(expected)}" for path, expected in wanted.items())


def outcome(found: Outcome) -> str:
    """Write what comes of a line."""
    if found.unfinished:
        return "never finishes"
    if found.error is not None:
        return f"error {found.error['code']}"
    if found.content is not None:
        return f"answers {value(found.content)}"
    said = [f"response {found.status_code}"] if found.status_code != 200 or found.body is not None else []
    return ", ".join([*said, *([changes(found.changes)] if found.changes else [])])


def results(plan: ResultsPlan) -> Iterator[str]:
    """Write what is unusual about the result files, a phrase each."""
    if plan.order != "input":
        yield f"lines come {plan.order}"
    if plan.failed_in != "error_file":
        yield "failed lines stand in " + ("both files" if plan.failed_in == "both" else "the output file")
    yield from (f"the {file} file is there even when empty" for file in sorted(plan.present))
    yield from (f"the {file} file is gone, its id is shown" for file in sorted(plan.deleted))
    if plan.ids_after_us:
        yield f"the files' ids are shown {duration(plan.ids_after_us)} after the end"
    yield from (f"the {file} file is served as {kind}" for file, kind in sorted(plan.content_type.items()))
    yield from map(edit, plan.edits)


def edit(each: Edit) -> str:
    """Write one change of a result file."""
    lines = pattern(each.when) if each.when is not None else ""
    said = {
        "drop": f"without {lines}",
        "repeat": f"{lines} twice",
        "swap": f"custom_ids of {lines} passed around",
        "replace": f"{lines} replaced by {_raw(each.raw)}",
        "append": f"ends with {_raw(each.raw)}",
        "change": f"{lines}: {changes(each.changes)}",
    }
    return f"{each.file} file: {said[each.action]}"


def _raw(raw: bytes) -> str:
    return f"raw {value(raw.decode(errors='backslashreplace'))}"
