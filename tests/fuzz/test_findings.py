"""Findings as people and programs read them, and as files that come from anywhere."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fuzzed import EVERYTHING, HELLO, finding, get

from emulator.clients.protocol import CALLS, Raised, Returned, Unsupported
from emulator.faces.journal import Sent
from emulator.fuzz import yaml_text
from emulator.fuzz.files import FindingError, file_of, read, text_of, write
from emulator.fuzz.findings import Finding, as_data, happened
from emulator.fuzz.hunting import Catch
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Pages, Rule, Scenario
from emulator.fuzz.trace import Fault, Played, Trace

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script, Step

HARD = "\ud800\udfff\x00\x1b\x7f\x85\xa0\u2028\u2029\ufeff\ufffe\uffff\n\r\t '\"#:-?=<&*!%@`|>[]{},~aé☕\U0001f600"
WORDS = (
    "null",
    "1e3",
    "=",
    "on",
    "yes",
    "~",
    "",
    "0x10",
    "1_000",
    "12:30:45",
    "<<",
    "---",
    "...",
    "2024-01-01",
    ".inf",
    "-",
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.text(st.sampled_from(HARD), max_size=20),
    st.sampled_from(WORDS),
    st.builds(lambda unit, times: unit * times, st.text(max_size=14), st.integers(1, 60)),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(10**30, 10**31),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)
CONTENTS = st.one_of(st.binary(max_size=40), st.text(max_size=20).map(str.encode)).map(
    lambda data: b64encode(data).decode()
)


def arguments(call: str) -> SearchStrategy[dict[str, Any]]:
    known = {name: CONTENTS if name == "content" else VALUES for name in CALLS[call].arguments}
    made = {name: values if name == "content" else values | TEXTS.map(Made) for name, values in known.items()}
    required = {name: made[name] for name in CALLS[call].required}
    return st.fixed_dictionaries(required, optional={name: known[name] for name in CALLS[call].optional})


def steps() -> SearchStrategy[Step]:
    names, seconds = TEXTS, st.integers(10, 10**6) | st.floats(0.01, 1e6)
    calls = [st.builds(Call, call=st.just(call), args=arguments(call)) for call in CALLS if call != "connect"]
    return st.one_of(
        st.builds(Connect, on_behalf_of=st.none() | TEXTS, timeout_s=seconds),
        st.builds(Arrange, what=st.just("file"), name=names, content=CONTENTS, filename=TEXTS),
        st.builds(Rule, rule=st.dictionaries(TEXTS, VALUES, max_size=3)),
        st.builds(Scenario, scenario=TEXTS),
        st.builds(Advance, seconds=seconds),
        st.builds(Pages, call=st.just("files.list"), args=arguments("files.list")),
        st.builds(Look, at=st.just("file"), file=names.map(Made)),
        *calls,
    )


def is_same(left: Any, right: Any) -> bool:
    """Compare to the letter: a whole float is no integer."""
    return bool(left == right) and repr(left) == repr(right)


def written(folder: Path, text: str) -> Path:
    file = folder / "finding-x.yaml"
    file.write_text(text, encoding="utf-8")
    return file


# There and back


@settings(deadline=None)
@given(st.lists(steps(), min_size=1, max_size=4).map(tuple), TEXTS)
def test_script_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, script: Script, text: str) -> None:
    told = finding(script, cause=text, expected=text, got=text)
    back = read(write(told, tmp_path_factory.getbasetemp()))
    assert is_same(back.script, told.script)
    assert (back.cause, back.expected, back.got) == (text, text, text)


@settings(deadline=None)
@given(VALUES)
def test_yaml_holds_every_value_of_json(value: Any) -> None:
    assert is_same(yaml_text.read(yaml_text.write(value)), value)


def test_whole_finding_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = write(finding(), tmp_path / "deep" / "down")
    assert file.name == file_of(finding()) == "finding-ids-stay-ids-it-is-wrong-1234.yaml"
    assert read(file) == finding()


def test_file_is_written_for_people() -> None:
    assert text_of(finding()) == READ_BY_PEOPLE


READ_BY_PEOPLE = """\
finding: 1
reason: 'batches.get: it is wrong'
expected: something else
got: this
steps:
- connect: {on_behalf_of: alice, retries: default, timeout_s: 1.5}
- arrange: file
  name: file
  content: !bytes "{\\"a\\": 1}\\n"
  filename: a b.jsonl
  tenant: alice
- rule:
    on: {operation: getBatch}
    reply: {status: 503, headers: {Retry-After: '1e3'}}
- scenario: expired-partial
- advance: 86400
- call: batches.create
  args: {input_file_id: !made 'file', endpoint: !repeat {text: x, times: 300}}
  name: batch
  deadline_s: 8.0
- pages: files.list
  args: {limit: 2}
  most: 3
- look: content
  file: !made 'file'
  tenant: alice
happened: |
  1. call batches.get
     client: returned {}
property: ids-stay-ids
client: {name: my-sdk, version: 1.2.3, language: lua}
cause: it is wrong
"""


def test_programs_get_json() -> None:
    told = as_data(finding())
    assert told["script"][5]["args"] == {"input_file_id": {"made": "file"}, "endpoint": "x" * 300}
    assert (told["name"], told["happened"][0]) == ("ids-stay-ids-it-is-wrong-1234", "1. call batches.get")


# Files from anywhere

GOOD = "finding: 1\nproperty: ids-stay-ids\ncause: c\nsteps: "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a finding, which begins with 'finding: 1', found null"),
        ("[1]", "expected a finding, which begins with 'finding: 1', found [1]"),
        ("finding: 2", "expected a finding, which begins with 'finding: 1', found 2"),
        ("scenario: x", 'expected a finding, which begins with \'finding: 1\', found {"scenario": "x"}'),
        ("a: [", "expected a finding in YAML, found what is none: line 1, column 5: while parsing a flow node"),
        ("a: *b", "expected a finding in YAML, found what is none: line 1, column 4: expected the value itself, found an alias"),
        ("a: 1\na: 2", "expected a finding in YAML, found what is none: line 2, column 1: expected each key once and as text"),
        ("1: 2", "expected a finding in YAML, found what is none: line 1, column 1: expected each key once and as text"),
        ("a: !!python/name:os.system x", "expected a finding in YAML, found what is none: line 1, column 4: could not"),
        ("a: !!timestamp 2001-01-01", "expected a finding in YAML, found what is none: line 1, column 4: could not"),
        ("a: !repeat {text: x, times: 99999999999}", "found what is none: line 1, column 4: expected a text of at most"),
        ("a: !repeat 7", "found what is none: line 1, column 4: expected !repeat {text: TEXT, times: COUNT}"),
        ("a: " + "[" * 5000, "expected a finding in YAML, found what is none: it nests too deep to be read"),
        ("a: " + "1" * 5000, "expected a finding in YAML, found what is none: Exceeds the limit"),
        ("a: \x00", "expected a finding in YAML, found what is none: unacceptable character"),
        ("finding: 1", "property: expected a name, found null"),
        ("finding: 1\nproperty: p\ncause: 7", "cause: expected text, found 7"),
        ("finding: 1\nproperty: p\ncause: c\nsteps: {}", "steps: expected a list of steps, found {}"),
        ("finding: 1\nproperty: p\ncause: c\nclient: x\nsteps: []", "client: expected an object with name, version"),
        (GOOD + "[7]", "steps[0]: expected one of connect, arrange, rule, scenario, advance, call, pages, look, found 7"),
        (GOOD + "[{cal: x}]", "call, pages, look, found {\"cal\": \"x\"} (did you mean 'call'?)"),
        (GOOD + "[{rule: 7}]", "steps[0]: expected an object, found 7"),
        (GOOD + "[{connect: {retries: of}}]", "steps[0].retries: expected off, default, found \"of\" (did you mean 'off'?)"),
        (GOOD + "[{connect: {timeout_s: soon}}]", 'steps[0].timeout_s: expected a number of seconds, found "soon"'),
        (GOOD + "[{connect: {timeout: 1}}]", "on_behalf_of, retries, timeout_s, found 'timeout' (did you mean 'timeout_s'?)"),
        (GOOD + "[{call: batches.got}]", "found \"batches.got\" (did you mean 'batches.get'?)"),
        (GOOD + "[{call: batches.get}]", "steps[0].args.batch_id: expected what batches.get needs, found nothing"),
        (GOOD + "[{call: batches.get, args: [b]}]", 'steps[0].args: expected an object, found ["b"]'),
        (GOOD + "[{call: batches.get, args: {id: b}}]", "steps[0].args.id: expected batch_id, found 'id'"),
        (GOOD + "[{call: batches.list, deadline_s: true}]", "steps[0].deadline_s: expected a number of seconds, found true"),
        (GOOD + "[{pages: batches.list, most: 0}]", "steps[0].most: expected a whole number from 1, found 0"),
        (GOOD + "[{arrange: file}]", "steps[0].name: expected text, found nothing"),
        (GOOD + "[{arrange: fil, name: f}]", "steps[0]: expected file, batch, found \"fil\" (did you mean 'file'?)"),
        (GOOD + "[{look: sky}]", 'steps[0]: expected batches, files, file, content, found "sky"'),
        (GOOD + "[{advance: 1d}]", 'steps[0]: expected a number of seconds, found "1d"'),
        (GOOD + "[{arrange: file, name: f, content: '?'}]", 'steps[0].content: expected base64 or null, found "?"'),
        (GOOD + "[{call: files.upload, args: {content: 7}}]", "steps[0].args.content: expected base64, found 7"),
        (GOOD + "[{connect: 7}]", "steps[0]: expected an object after 'connect', found 7"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(FindingError) as refused:
        read(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert said in str(refused.value)
    assert len(str(refused.value)) < 500 + len(str(file))


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "finding-x.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FindingError, match="expected a finding in YAML, found what is none: 'utf-8' codec"):
        read(file)


@pytest.mark.parametrize("step", ["connect:", "connect: {}", "connect: null"])
def test_step_that_says_nothing_is_as_usual(tmp_path: Path, step: str) -> None:
    assert read(written(tmp_path, f"{GOOD}\n- {step}\n")).script == (Connect(),)


# What happened


def caught(*played: Played, cause: str = "it is wrong", is_owed: bool = False) -> Finding:
    trace = Trace(hello=HELLO, script=EVERYTHING, played=played)
    violation = played[-1].violation(cause, "this", "that at 0x7f12345678 of 127.0.0.1:41237", is_owed=is_owed)
    return Finding.of(Catch(property="ids-stay-ids", violation=violation, trace=trace, examples=1, seconds=0.1))


def raised(message: str) -> Raised:
    return Raised(type="OddError", declared=False, status=None, body=None, message=message)


def test_what_is_owed_has_one_name_whatever_the_property() -> None:
    played = Played(number=0, step=get(), outcome=raised("No."))
    assert caught(played).name.startswith("ids-stay-ids-it-is-wrong-")
    assert caught(played, is_owed=True).name.startswith("it-is-wrong-")
    assert caught(played).reason == "batches.get: it is wrong"
    assert caught(played, is_owed=True).reason.startswith("batches.get: undeclared that at 0x")


def test_name_is_of_whole_words_and_one_for_each_cause() -> None:
    played = Played(number=0, step=get())
    names = [caught(played, cause=f"{'word ' * 20}{number}").name for number in range(3)]
    assert len(set(names)) == 3
    assert all(len(name) < 70 and name.startswith("ids-stay-ids-word-word-") and "wor-" not in name for name in names)


def test_nothing_that_is_another_each_time_is_told() -> None:
    assert caught(Played(number=0, step=get())).got == "that at 0x… of server"


def sent(status: int | None, rule: str | None = None) -> Sent:
    return Sent(
        operation="getBatch", method="GET", target="/b", headers={}, body="", status=status, violations=(), at=0, rule=rule
    )  # fmt: skip


@pytest.mark.parametrize(
    ("played", "lines"),
    [
        (Played(number=0, step=Connect(), outcome=Returned(result={})), []),
        (Played(number=1, step=Advance(seconds=5)), []),
        (Played(number=1, step=get(), outcome=Returned(result={"a": 1}, sleeps=(0.5, 86400)),
                requests=[sent(503, "r"), sent(200)]),
         ["2. call batches.get", "   server: GET /b → 503, as the rule has it", "   server: GET /b → 200",
          '   client: returned {"a": 1}', "   client: slept 0.50 s, 86400.00 s"]),
        (Played(number=0, step=get(), outcome=raised("a\nb\x00\u2028\ud800"), requests=[sent(None)]),
         ["1. call batches.get", "   server: GET /b → no reply", r"   client: raised the undeclared OddError: a b\x00 \ud800"]),
        (Played(number=0, step=get(), outcome=Unsupported()),
         ["1. call batches.get", "   client: does not have this call, or one of its arguments"]),
        (Played(number=0, step=get(), outcome=Fault("hung", "did not answer request 17 (batches.get) within 5 s")),
         ["1. call batches.get", "   driver: hung: did not answer batches.get within 5 s"]),
        (Played(number=0, step=Look(at="batches"), seen=[{"id": "batch_1"}, {"id": "batch_2"}]),
         ["1. look batches", "   there: 2: batch_1, batch_2"]),
        (Played(number=0, step=Look(at="batches"), seen=[]), ["1. look batches", "   there: nothing"]),
        (Played(number=0, step=Look(at="file"), seen=None), ["1. look file", "   there: nothing"]),
        (Played(number=0, step=Look(at="content"), seen=b"abc"), ["1. look content", "   there: 3 bytes"]),
        (Played(number=0, step=Pages(call="files.list"), outcome=Returned(result={"data": []}), seen=[1, 2]),
         ["1. pages files.list", '   client: returned 2 pages, the last one {"data": []}']),
    ],
)  # fmt: skip
def test_what_happened_is_told_a_line_each(played: Played, lines: list[str]) -> None:
    assert list(happened(Trace(hello=HELLO, script=EVERYTHING, played=[played]))) == lines


def test_of_much_that_happened_only_the_beginning_is_told() -> None:
    step = Played(number=0, step=get(), outcome=Returned(result="x" * 999, sleeps=(1,) * 99), requests=[sent(503)] * 99)
    lines = happened(Trace(hello=HELLO, script=EVERYTHING, played=[step]))
    assert max(map(len, lines)) < 200
    assert "   server: … and 87 requests more" in lines
    assert lines[-1].endswith("1.00 s and 91 more")
