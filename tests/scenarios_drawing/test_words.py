from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from support.drawing import NAMES, library, made

from emulator.domain.steps import Amount
from emulator.scenarios.drawing import phrases, told


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0"),
        (60_000_000, "1 min"),
        (3_661_000_000, "1 h 1 min 1 s"),
        (86_400_000_000, "24 h"),
        (250_000, "250 ms"),
        (1, "1 µs"),
    ],
)
def test_duration_is_written_as_people_say_it(us: int, text: str) -> None:
    assert phrases.duration(us) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(Fraction(2, 5), "share"), "40 %"),
        (Amount(Fraction(1, 200), "share"), "0.5 %"),
        (Amount(Fraction(1), "lines"), "1 line"),
        (Amount(Fraction(12), "lines"), "12 lines"),
    ],
)
def test_amount_is_written_as_the_script_has_it(amount: Amount, text: str) -> None:
    assert phrases.amount(amount) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (21, "21st"), (112, "112th")],
)
def test_ordinal_has_its_ending(number: int, text: str) -> None:
    assert phrases.ordinal(number) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"on": {"operation": "getBatch", "nth": [3, 1, 2, 7]}, "reply": {"status": 502, "content_type": "text/html"}},
         "getBatch #1\N{EN DASH}3, 7 → 502 text/html"),
        ({"on": {"operation": "createBatch", "nth": 1}, "after": True, "close": True},
         "createBatch #1 → takes effect, then connection closed"),
        ({"on": {"operation": ["getBatch", "cancelBatch"], "status": "completed"}, "set": {"output_file_id": None}},
         "getBatch/cancelBatch when completed → output_file_id = null"),
        ({"on": {"operation": "getBatch", "since": "5m", "until": "1h", "every": 3}, "delay": "5s"},
         "getBatch from 5 min until 1 h every 3rd → 5 s late"),
        ({"on": {"operation": "listBatches", "times": 2}, "hide": {"where": {"status": "failed"}, "until": "5m"}},
         'listBatches the first 2 times → hides status = "failed" until 5 min old'),
        ({"on": {"path": "*/content", "header": {"X-A": "b*"}}, "after": True, "reset": {"body": 10}},
         "any call at */content with x-a: b* → takes effect, then connection reset after 10 bytes of the body"),
        ({"on": {"operation": "getBatch", "times": 1}, "reply": {"status": 429, "headers": {"Retry-After": "7"}, "json": 1}},
         "getBatch the first time → 429 application/json (Retry-After: 7)"),
        ({"on": {"operation": "getBatch"}, "reply": {"body": "[1,"}}, "getBatch → 200 text/plain [1,"),
        ({"on": {"operation": "getBatch"}, "truncate": 1, "garble": 1000, "drip": {"bytes": 2, "every": "1s"}},
         "getBatch → body cut to 1 byte, 1,000 bytes of the body spoilt, body drips, 2 bytes every 1 s"),
        ({"on": {"operation": "getBatch", "nth": [2, 17]}, "arrive": 2}, "getBatch #2, 17 → 2 more batches appear"),
        ({"on": {"operation": "listBatches"}, "arrive": 1}, "listBatches → 1 more batch appears"),
        ({"on": {"operation": "getBatch"}, "delay": {"by": "1h", "clock": "world"}}, "getBatch → 1 h late on the world's clock"),
        ({"on": {"operation": "getBatch"}, "headers": {"Content-Type": []}}, "getBatch → Content-Type: left out"),
        ({"on": {"operation": "getBatch"}, "raw": {"metadata": "[["}}, "getBatch → metadata is the raw text [["),
    ],
)  # fmt: skip
def test_rule_is_said_in_a_phrase(rule: dict[str, Any], text: str) -> None:
    [made_rule] = made(kind="hostile", breaks=["schema"], rules=[rule]).rules
    assert phrases.rule(made_rule) == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ({"when": {"custom_id": "row-7*"}, "error": {"code": "c", "message": "m"}}, "row-7* → error c"),
        ({"when": {"every": 10, "from": 3}, "response": {"status_code": 429, "body": {}}},
         "every 10th line from index 3 → response 429"),
        ({"when": {"index": -1}, "unfinished": True}, "the last line → never finishes"),
        ({"when": {"index": [2, 5]}, "content": "hi"}, 'index 2, 5 → answers "hi"'),
        ({"when": {"share": "2.5%", "body": {"model": "m"}}, "set": {"a.b": 1}, "unset": ["c"]},
         'model = "m" and 2.5 % of the lines → a.b = 1, no c'),
        ({"content": "hi"}, 'every line → answers "hi"'),
    ],
)  # fmt: skip
def test_outcome_of_lines_is_said_in_a_phrase(line: dict[str, Any], text: str) -> None:
    [rule] = made(lines=[line]).lines
    assert phrases.line_rule(rule) == text


@pytest.mark.parametrize(
    ("results", "text"),
    [
        ({"order": "reversed"}, "lines come reversed"),
        ({"failed_in": "output_file"}, "failed lines stand in the output file"),
        ({"present": "error"}, "the error file is there even when empty"),
        ({"deleted": "output"}, "the output file is gone, its id is shown"),
        ({"ids_after": "5m"}, "the files' ids are shown 5 min after the end"),
        ({"content_type": {"output": "text/plain"}}, "the output file is served as text/plain"),
        ({"edits": [{"drop": {"every": 3}}]}, "output file: without every 3rd line"),
        ({"edits": [{"in": "error", "repeat": {}}]}, "error file: every line twice"),
        ({"edits": [{"swap": {"index": [0, 1]}}]}, "output file: custom_ids of index 0, 1 passed around"),
        ({"edits": [{"replace": {"index": 0}, "text": "{"}]}, 'output file: the first line replaced by raw "{"'),
        ({"edits": [{"append_base64": "/w=="}]}, 'output file: ends with raw "\\\\xff"'),
        ({"edits": [{"change": {"index": 0}, "set": {"id": 1}}]}, "output file: the first line: id = 1"),
    ],
)
def test_oddity_of_result_files_is_said_in_a_phrase(results: dict[str, Any], text: str) -> None:
    assert list(phrases.results(made(results=results).results)) == [text]


def test_life_of_a_batch_is_told_in_order() -> None:
    parts = {part.heading: part.phrases for part in told(library().scenario("expired-partial"))}
    assert parts["What happens to a batch"] == (
        "at 0: validating", "at 1 min: in_progress", "at 1 h 1 min: 40 of 100 lines are done", "at 24 h: expired",
    )  # fmt: skip
    assert parts["If it is cancelled"] == (
        "at once: cancelling", "10 min later: cancelled", "cancelled at 30 min, 19 of 100 lines end up done",
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_part_that_is_told_has_something_to_say(name: str) -> None:
    parts = told(library().scenario(name))
    assert [part.heading for part in parts][:2] == [library().scenario(name).kind, "What happens to a batch"]
    assert all(phrase.strip() for part in parts for phrase in part.phrases)
    assert all(part.phrases for part in parts)


def test_end_that_comes_with_the_window_is_told() -> None:
    parts = {part.heading: part.phrases for part in told(replace(made(), steps=()))}
    assert parts["What happens to a batch"] == (
        "at 0: validating", "at 24 h: expired", "the end comes with the window's, for nothing else ends it before",
    )  # fmt: skip


def test_faults_and_edition_are_told() -> None:
    faults = [
        {"code": "invalid_url", "message": "m", "param": "url", "line": 3},
        {"code": "empty_file", "message": "m"},
    ]
    parts = {part.heading: part.phrases for part in told(made(validation=faults, edition="0.12.26"))}
    assert parts["Validation"] == ("reports line 3: invalid_url (url)", "reports empty_file")
    assert parts["Replies"] == ("in the shape of edition 0.12.26",)
    assert ("Validation", ("the input is not checked",)) in {
        (p.heading, p.phrases) for p in told(made(validation="skip"))
    }
