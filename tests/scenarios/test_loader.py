from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.scenarios import GOOD, LIBRARY, SOURCE, good, is_inside, only_problem, plain, problems_of

from emulator.domain.errors import InvalidRequest
from emulator.scenarios.errors import MOST_PROBLEMS, ScenarioError
from emulator.scenarios.loader import load, load_rule, load_text

if TYPE_CHECKING:
    from pathlib import Path

WRONG = """\
scenario: good
titel: A word is misspelt
kind: legal
lifecycle:
  - {to: in_progress, after: 60s}
  - {to: finalising, afer: 1h}
lines:
  - {when: {custom_id: 5}, error: {code: x}}
rules:
  - {on: {operation: getBatc}, close: true}
"""


TOLD = """\
good.yaml:2:1: titel: expected one of scenario, title, kind, extends, tolerates, breaks, seen_in, client, edition, \
lifecycle, on_cancel, validation, lines, results, rules, found the key 'titel' (did you mean 'title'?)
good.yaml:6:10: lifecycle[1].to: expected one of in_progress, failed, finalizing, completed, expired, cancelling, \
cancelled, found 'finalising' (did you mean 'finalizing'?)
good.yaml:6:22: lifecycle[1].afer: expected one of to, progress, after, at, set, unset, found the key 'afer' \
(did you mean 'after'?)
good.yaml:8:24: lines[0].when.custom_id: expected text, found 5
good.yaml:8:35: lines[0].error: expected the key 'message', found none
good.yaml:10:22: rules[0].on.operation: expected one of createBatch, listBatches, getBatch, cancelBatch, \
uploadFile, listFiles, getFile, deleteFile, getFileContent, found 'getBatc' (did you mean 'getBatch'?)
""".splitlines()


def test_all_problems_are_told_at_once_each_with_its_place() -> None:
    assert [str(problem) for problem in problems_of(WRONG)] == TOLD


def test_a_scenario_error_is_an_invalid_request_with_one_problem_a_line() -> None:
    with pytest.raises(InvalidRequest) as raised:
        load_text(WRONG, source=SOURCE, files={})
    assert raised.value.message.splitlines() == [str(problem) for problem in problems_of(WRONG)]


def test_more_problems_than_anybody_reads_are_counted() -> None:
    with pytest.raises(ScenarioError) as raised:
        load_text(good(lines=[1] * (MOST_PROBLEMS + 7)), source=SOURCE, files={})
    assert len(raised.value.problems) == MOST_PROBLEMS
    assert str(raised.value).endswith("… and 7 more")


def test_contradictions_are_told_beside_what_cannot_be_read() -> None:
    text = good(lifecycle=[{"to": "in_progress"}], lines=[{"unfinished": "yes"}])
    assert [problem.path for problem in problems_of(text)] == ["lifecycle[0]", "lines[0].unfinished"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (good(kind="lawful", breaks=["json"]), "kind"),
        (good(lifecycle=["expire"], rules=[{"on": {"status": "completed"}, "close": True}]), "lifecycle[0]"),
        (good(validation="ran", lifecycle=[{"to": "failed"}]), "validation"),
        ("{scenario: x, extends: parents, breaks: [json]}", "extends"),
        ("{scenario: x, extends: 5, lifecycle: [expires]}", "extends"),
        ("{scenario: x, extends: happy-path, title: !x 5}", "title"),
        ("scenario: x\nextends: happy-path\ntitle: *x\n", "title"),
    ],
)
def test_one_mistake_is_one_problem(text: str, path: str) -> None:
    assert only_problem(text).path == path


@pytest.mark.parametrize(
    ("members", "path", "said"),
    [
        ({"title": None}, "", "expected the key 'title', found none"),
        ({"title": ""}, "title", "expected some text, found ''"),
        ({"scenario": "No Name"}, "scenario", "expected text that matches"),
        ({"kind": "lawful"}, "kind", "expected one of legal, hostile, found 'lawful'"),
        ({"edition": "0.12.115"}, "edition", "did you mean '0.12.114'?"),
        ({"tolerates": ["any-order", "any-order"]}, "tolerates[1]", "expected each only once, found 'any-order' again"),
        ({"tolerates": ["http-error"]}, "tolerates[0]", "did you mean 'http-errors'?"),
        ({"breaks": ["json"]}, "breaks", "a legal scenario breaks nothing"),
        ({"kind": "hostile"}, "kind", "a hostile scenario says what it breaks"),
        ({"validation": "ran"}, "validation", "expected one of run, skip, found 'ran' (did you mean 'run'?)"),
        ({"validation": []}, "validation", "expected at least 1 of them, found []"),
        ({"validation": [{"code": "x", "message": "y", "line": 0}]}, "validation[0].line", "a number of at least 1"),
        ({"lines": [{"when": {"share": "140%"}, "content": "x"}]}, "lines[0].when.share", "expected a share from 0%"),
        ({"lines": [{"when": {"from": 3}, "content": "x"}]}, "lines[0].when.from", "expected 'every' beside 'from'"),
        ({"lines": [{"when": {}}]}, "lines[0]", "expected an outcome"),
        (
            {"lines": [{"response": {"status_code": 400}, "content": "x"}]},
            "lines[0]",
            "expected one outcome, found response and content",
        ),
        ({"lines": [{"unfinished": True, "set": {"a": 1}}]}, "lines[0]", "found 'unfinished'"),
        (
            {"lines": [{"content": "x"}, {"when": {"index": 0}, "unfinished": True}]},
            "lines[1]",
            "can never be reached: lines[0] comes first, and means all lines",
        ),
        (
            {"lines": [{"when": {"index": 0}, "content": "x"}, {"when": {"index": [0]}, "content": "y"}]},
            "lines[1]",
            "means the same lines",
        ),
        ({"results": {"order": "random"}}, "results.order", "expected one of input, reversed, shuffled"),
        ({"results": {"present": ["error", "error"]}}, "results.present[1]", "expected each only once"),
        ({"results": {"content_type": {"errors": "x"}}}, "results.content_type.errors", "did you mean 'error'?"),
        (
            {"results": {"content_type": {"output": "a/b\r\nX: y"}}},
            "results.content_type.output",
            "expected printable text in Latin-1, found 'a/b\\r\\nX: y'",
        ),
        ({"results": {"edits": [{"append": "x", "drop": {}}]}}, "results.edits[0]", "found drop and append"),
        ({"results": {"edits": [{"replace": {}}]}}, "results.edits[0]", "beside 'replace', and only there, found none"),
        (
            {"results": {"edits": [{"replace": {}, "text": "x", "base64": "eA=="}]}},
            "results.edits[0]",
            "found text and base64",
        ),
        ({"results": {"edits": [{"append": "x", "set": {"a": 1}}]}}, "results.edits[0]", "beside 'change'"),
        (
            {"results": {"edits": [{"append_base64": "no!"}]}},
            "results.edits[0].append_base64",
            "expected base64, found 'no!'",
        ),
    ],
)
def test_wrong_member_is_refused_at_its_place(members: dict[str, Any], path: str, said: str) -> None:
    problem = only_problem(good(**members))
    assert problem.path == path
    assert said in str(problem)


STARTED = {"to": "in_progress", "after": "60s"}


@pytest.mark.parametrize(
    ("steps", "path", "said"),
    [
        ([], "lifecycle", "expected at least 1 of them"),
        ([STARTED], "lifecycle[0]", "never ends"),
        (["expire"], "lifecycle[0]", "expected a step or 'expires', found 'expire' (did you mean 'expires'?)"),
        ([{"after": "1h"}], "lifecycle[0]", "found none of them"),
        ([{"to": "expired", "progress": 1}], "lifecycle[0]", "found both"),
        ([{"to": "expired", "at": "2h", "after": "1h"}], "lifecycle[0]", "found both"),
        ([{"to": "expired", "at": "soon"}], "lifecycle[0].at", "expected a duration such as 90s"),
        ([{"to": "expired", "at": "25h"}], "lifecycle[0].at", "expected no later, found 25h"),
        ([{**STARTED, "after": "20h"}, {"to": "expired", "after": "5h"}], "lifecycle[1].after", "found 25h"),
        ([{**STARTED, "after": "25h"}, {"to": "expired", "after": "1h"}], "lifecycle[0].after", "found 25h"),
        ([{**STARTED, "after": "2h"}, {"to": "expired", "at": "1h"}], "lifecycle[1].at", "expected no earlier time"),
        ([STARTED, {"to": "completed"}], "lifecycle[1].to", "after 'in_progress': expected 'finalizing'"),
        (["expires", {"set": {"a": 1}}], "lifecycle[1]", "'expired' ends a batch's life"),
        ([{"to": "failed"}], "lifecycle[0].to", "a failed batch has errors: expected them in 'validation'"),
        ([STARTED, {"progress": "101%"}, "expires"], "lifecycle[1].progress", "expected a share from 0% to 100%"),
        ([STARTED, {"progress": -1}, "expires"], "lifecycle[1].progress", "expected a count of lines"),
        (
            [STARTED, {"progress": "50%"}, {"progress": "49.5%"}, "expires"],
            "lifecycle[2].progress",
            "at least 50%, found 49.5%",
        ),
        ([STARTED, {"progress": 7}, {"progress": 6}, "expires"], "lifecycle[2].progress", "at least 7, found 6"),
        ([{"progress": 1}, "expires"], "lifecycle[0].progress", "no line finishes while 'validating'"),
    ],
)
def test_impossible_lifecycle_is_refused_at_its_step(steps: list[Any], path: str, said: str) -> None:
    problem = only_problem(good(lifecycle=steps))
    assert problem.path == path
    assert said in str(problem)


@pytest.mark.parametrize(
    ("steps", "path", "said"),
    [
        ([{"to": "cancelling"}], "on_cancel[0]", "never ends"),
        ([{"to": "cancelled"}], "on_cancel[0].to", "when cancelled while 'validating'"),
        ([{"to": "finalizing"}, {"to": "completed"}], "on_cancel[0].to", "after 'validating'"),
        ([{"to": "in_progress"}, "expires"], "on_cancel[0].to", "when cancelled while 'in_progress'"),
        ([{"progress": "50%"}, {"to": "cancelling"}, "expires"], "on_cancel[0].progress", "no line finishes"),
        ([{"to": "cancelling"}, {"to": "cancelled", "after": "25h"}], "on_cancel[1].after", "the window closes"),
    ],
)
def test_cancel_must_be_possible_from_every_status_that_can_be_cancelled(
    steps: list[Any], path: str, said: str
) -> None:
    problem = only_problem(good(on_cancel=steps))
    assert problem.path == path
    assert said in str(problem)


@pytest.mark.parametrize(
    ("rule", "path", "said"),
    [
        ({"on": {}}, "rules[0]", "expected an effect: reply, "),
        ({"on": {"operation": []}, "close": True}, "rules[0].on.operation", "expected at least 1 of them"),
        ({"on": {"nth": 0}, "close": True}, "rules[0].on.nth", "a number of at least 1, found 0"),
        ({"on": {"nth": [1, 2], "times": 1}, "close": True}, "rules[0].on.times", "expected at least as many, found 1"),
        ({"on": {"nth": 3, "every": 2}, "close": True}, "rules[0].on.nth", "expected multiples of 'every', 2, found 3"),
        ({"on": {"path": "/batches/*"}, "close": True}, "rules[0].on.path", "expected a glob over /api/v1/llm/*"),
        (
            {"on": {"operation": "getFile", "path": "*/batches/*"}, "close": True},
            "rules[0].on.path",
            "expected a glob over /api/v1/llm/files/{file_id}, found '*/batches/*'",
        ),
        ({"on": {"path": "x" * 501}, "close": True}, "rules[0].on.path", "text of at most 500 characters"),
        (
            {"on": {"operation": "createBatch", "since": "1m"}, "close": True},
            "rules[0].on.since",
            "createBatch is not about one batch",
        ),
        (
            {"on": {"operation": "getFileContent", "status": "in_progress"}, "close": True},
            "rules[0].on.status",
            "a batch has no result files before it has ended",
        ),
        ({"on": {"status": "fail"}, "close": True}, "rules[0].on.status", "did you mean 'failed'?"),
        ({"on": {"since": "2m", "until": "1m"}, "close": True}, "rules[0].on.until", "expected 'since' before 'until'"),
        ({"hide": {}, "on": {"operation": "getBatch"}}, "rules[0].hide", "expected on.operation listBatches"),
        ({"reset": 5}, "rules[0].reset", "expected true, or a mapping with 'head' or 'body', found 5"),
        ({"close": {}}, "rules[0].close", "expected one of 'head' and 'body', found none"),
        ({"close": True, "reset": True}, "rules[0]", "expected one of 'reset' and 'close', found both"),
        ({"delay": "5x"}, "rules[0].delay", "expected a duration"),
        ({"delay": {"by": "5s", "clock": "wall"}}, "rules[0].delay.clock", "expected one of real, world"),
        ({"arrive": 1001}, "rules[0].arrive", "a number of at most 1000"),
        ({"reply": {"status": 600}}, "rules[0].reply.status", "a number of at most 599, found 600"),
        ({"reply": {"json": 1, "body": "x"}}, "rules[0].reply", "found 'body' and 'json'"),
        ({"reply": {"base64": "x"}}, "rules[0].reply.base64", "expected base64, found 'x'"),
        ({"reply": {"headers": {"a b": "x"}}}, "rules[0].reply.headers", "expected the name of a header"),
        ({"reply": {"headers": {"a": ["x", "y\r\nz: 1"]}}}, "rules[0].reply.headers", "expected printable text"),
        ({"reply": {"content_type": "\u2713"}}, "rules[0].reply.content_type", "expected printable text"),
    ],
)
def test_rule_that_cannot_be_is_refused_at_its_place(rule: dict[str, Any], path: str, said: str) -> None:
    problem = only_problem(good(rules=[rule]))
    assert problem.path == path
    assert said in str(problem)


@pytest.mark.parametrize(
    ("members", "statuses"),
    [
        ({"lifecycle": ["expires"]}, ["in_progress", "finalizing", "completed", "failed"]),
        ({"validation": [{"code": "x", "message": "y"}]}, ["in_progress", "finalizing", "completed"]),
    ],
)
def test_rule_for_a_status_that_no_batch_comes_to_is_refused(members: dict[str, Any], statuses: list[str]) -> None:
    for status in statuses:
        problem = only_problem(good(**members, rules=[{"on": {"status": status}, "close": True}]))
        assert (problem.path, problem.found) == ("rules[0].on.status", status)


@pytest.mark.parametrize("status", ["validating", "failed", "in_progress", "completed", "expired", "cancelled"])
def test_rule_for_a_status_that_a_batch_can_come_to_is_taken(status: str) -> None:
    assert not problems_of(good(rules=[{"on": {"status": status}, "close": True}]))


@pytest.mark.parametrize(
    ("members"),
    [
        {"rules": [{"on": {"operation": ["getBatch", "listBatches"], "nth": [1, 3]}, "delay": "5s"}]},
        {"rules": [{"on": {"operation": "getFileContent", "path": "*/content"}, "reset": {"body": 4}, "after": True}]},
        {"rules": [{"on": {"operation": "getBatch", "path": "/api/v1/llm/batches/batch_0?[a-f]*"}, "garble": 2}]},
        {"rules": [{"reply": {"json": None}}]},
        {"lines": [{"response": {"body": {"a": [1]}}, "set": {"a.0": None}}]},
        {"results": {"present": "error", "content_type": {"output": None}}, "edition": None, "on_cancel": None},
        {"lifecycle": [STARTED, {"unset": ["errors"], "set": {"status": "queued"}, "after": 1.5}, "expires"]},
        {"lifecycle": [STARTED, {"progress": "10%"}, {"progress": 1}, {"progress": "10%", "at": "24h"}, "expires"]},
        {"results": {"edits": [{"swap": {"index": [0, -1]}}, {"in": "error", "change": {}, "unset": ["custom_id"]}]}},
    ],
)
def test_all_forms_of_a_value_are_taken(members: dict[str, Any]) -> None:
    load_text(good(**members), source=SOURCE, files={}).compiled()


# Files


def test_name_is_that_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(good())
    with pytest.raises(ScenarioError, match=r"other.yaml:2:14: scenario: expected 'other', as the file's name"):
        load(file, files={})


def test_file_that_is_not_utf_8_is_refused_where_it_is_not(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_bytes(b"scenario: good\ntitle: caf\xe9\n")
    with pytest.raises(ScenarioError, match=r"good.yaml:2:11: expected UTF-8, found the byte 0xe9"):
        load(file, files={})


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"gone.yaml:1:1: expected a file that can be read"):
        load(tmp_path / "gone.yaml", files={})


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_library_loads(name: str) -> None:
    assert load(LIBRARY[name], files=LIBRARY).compiled().name == name


# Extending


@pytest.fixture
def family(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "parent": good(
            scenario="parent",
            lines=[{"content": "x"}],
            results={"order": "reversed", "content_type": {"output": "a/b"}},
        ),
        "child": "scenario: child\nextends: parent\n",
        "spoilt": good(scenario="spoilt", lines=[{"contents": "x"}]),
        "broken": "scenario: [",
        "a": "scenario: a\nextends: b\n",
        "b": "scenario: b\nextends: c\n",
        "c": "scenario: c\nextends: b\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return {name: tmp_path / f"{name}.yaml" for name in texts}


def test_extending_takes_all_but_the_name(family: dict[str, Path]) -> None:
    child, parent = load(family["child"], files=family), load(family["parent"], files=family)
    assert child.model_dump(exclude={"scenario", "extends"}) == parent.model_dump(exclude={"scenario", "extends"})


def test_own_members_replace_lists_and_merge_mappings(family: dict[str, Path]) -> None:
    text = "{scenario: x, extends: child, lines: [{unfinished: true}], results: {failed_in: both, order: null}}"
    found = load_text(text, source=SOURCE, files=family)
    assert (found.results.order, found.results.failed_in) == ("input", "both")
    assert found.results.content_type.output == "a/b"
    assert [line.unfinished for line in found.lines] == [True]


def test_null_takes_a_member_back_to_its_default(family: dict[str, Path]) -> None:
    found = load_text("{scenario: x, extends: parent, lines: null, results: null}", source=SOURCE, files=family)
    assert (found.lines, found.results.order) == ((), "input")


def test_name_is_not_inherited(family: dict[str, Path]) -> None:
    assert "the key 'scenario'" in str(only_problem("{extends: parent}", family))


def test_inherited_mistake_is_shown_in_the_file_that_has_it(family: dict[str, Path]) -> None:
    problem = only_problem("{scenario: x, extends: spoilt}", family)
    assert (problem.file, problem.path, problem.near) == (str(family["spoilt"]), "lines[0].contents", "content")


def test_unreadable_base_is_told_with_its_own_mistakes_alone(family: dict[str, Path]) -> None:
    problem = only_problem("{scenario: x, extends: broken}", family)
    assert problem.file == str(family["broken"])


def test_unknown_base_is_refused_with_the_nearest(family: dict[str, Path]) -> None:
    problem = only_problem("{scenario: x, extends: parents}", family)
    assert (problem.path, problem.column, problem.near) == ("extends", 24, "parent")


def test_circle_is_refused_with_the_way_round(family: dict[str, Path]) -> None:
    with pytest.raises(ScenarioError, match=r"c.yaml:2:10: extends: b → c → b is a circle"):
        load(family["a"], files=family)


def test_scenario_that_is_given_as_text_may_extend_the_file_of_its_name(family: dict[str, Path]) -> None:
    found = load_text("{scenario: parent, extends: parent, title: Anew}", source=SOURCE, files=family)
    assert found.lines


# Rules by themselves


def test_rule_by_itself_is_read_like_one_of_a_file() -> None:
    rule = load_rule("{on: {operation: getBatch}, delay: 5s}", source="body")
    assert rule.rule().delay is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{on: {operation: getBatchs}, close: true}", "body:1:18: on.operation: expected one of createBatch"),
        ("[]", "body:1:1: expected a mapping, found a list"),
        ("{on: &a {}}", "body:1:6: on: expected a value without an anchor"),
    ],
)
def test_wrong_rule_by_itself_is_refused(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load_rule(text, source="body")
    assert str(raised.value).startswith(said)


# Anything at all


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
@example("\ufeff")
@example("? ? a\n: b")
@example("%YAML 1.2\n--- !!map {}")
@example("{scenario: x, extends: [], validation: {}, lifecycle: {}}")
@example("{scenario: 1, extends: 2, title: null, kind: [], lifecycle: [[], null, 5, {}]}")
def test_any_text_is_refused_in_words_and_within_itself(text: str) -> None:
    problems = problems_of(text)
    assert problems
    assert all(is_inside(problem, text) for problem in problems)


@given(st.data())
def test_spoilt_library_file_is_refused_within_itself_or_taken(data: st.DataObject) -> None:
    text = LIBRARY[data.draw(st.sampled_from(sorted(LIBRARY)))].read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    spoilt = (
        text[:start]
        + data.draw(st.sampled_from(["", " ", "\n", "- ", "x", ": ", "{", "]", "'", "null", "&a ", "*a"]))
        + text[end:]
    )
    own = [problem for problem in problems_of(spoilt) if problem.file == SOURCE]
    assert all(is_inside(problem, spoilt) for problem in own)


def test_good_scenario_is_good() -> None:
    assert not problems_of(good())
    assert plain(good()) == GOOD
