from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.domain.edits import Action, Edit, ResultFile, ResultsPlan
from emulator.domain.jsonl import Line
from emulator.domain.outcomes import LinePattern
from emulator.domain.paths import Changes
from emulator.engine.editing import Row, written

if TYPE_CHECKING:
    from collections.abc import Sequence

IDS = ("a", "b", "c", "d")


def files(plan: ResultsPlan, *, output: Sequence[str] = IDS, error: Sequence[str] = ("x",), seed: int = 0) -> Any:
    """Return the bytes of both files of lines with these custom_ids; None for a file that is not there."""
    places: list[tuple[ResultFile, str]] = [
        *(("output", name) for name in output),
        *(("error", name) for name in error),
    ]
    rows = [(file, Row(Line(name, {}), {"custom_id": name, "result": name.upper()})) for file, name in places]
    contents = written(rows, plan, seed=seed)
    return {file: content and b"".join(content.blocks) for file, content in contents.items()}


def pairs(data: bytes) -> str:
    """Return lines as `aA bB`: custom_id and result."""
    return " ".join("".join(str(part) for part in json.loads(line).values()) for line in data.splitlines())


def edit(action: Action, *, file: ResultFile = "output", **more: Any) -> Edit:
    when = LinePattern(**{name: more.pop(name) for name in ("indices", "custom_id") if name in more})
    return Edit(file=file, action=action, when=None if action == "append" else when, **more)


def edited(*edits: Edit) -> str:
    found = files(ResultsPlan(edits=edits))
    assert pairs(found["error"]) == "xX"
    return pairs(found["output"])


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([edit("drop", custom_id="b")], "aA cC dD"),
        ([edit("drop", indices=(0, -1))], "bB cC"),
        ([edit("drop", custom_id="none")], "aA bB cC dD"),
        ([edit("repeat", indices=(1,))], "aA bB bB cC dD"),
        ([edit("repeat", custom_id="*")], "aA aA bB bB cC cC dD dD"),
        ([edit("swap", indices=(0, -1))], "dA bB cC aD"),
        ([edit("swap", indices=(0, 1, 2))], "bA cB aC dD"),
        ([edit("swap", indices=(2,))], "aA bB cC dD"),
        ([edit("change", custom_id="a", changes=Changes({"result": "?"}))], "a? bB cC dD"),
        ([edit("change", indices=(0,), changes=Changes(unset=("result",)))], "a bB cC dD"),
        ([edit("drop", indices=(0,)), edit("drop", indices=(0,))], "cC dD"),
        (
            [edit("repeat", indices=(0,)), edit("change", indices=(1,), changes=Changes({"result": 2}))],
            "aA a2 bB cC dD",
        ),
        ([edit("swap", indices=(0, 1)), edit("drop", custom_id="a")], "aB cC dD"),
    ],
)
def test_edits_change_the_lines_that_they_mean_one_after_the_other(edits: list[Edit], expected: str) -> None:
    assert edited(*edits) == expected


def test_replaced_line_is_raw_bytes_which_no_further_edit_means() -> None:
    broken = edit("replace", indices=(1,), raw=b"\xff{oops")
    everything = edit("drop", custom_id="*")
    assert files(ResultsPlan(edits=(broken, everything)))["output"] == b"\xff{oops\n"


def test_appended_bytes_stand_at_the_end_as_they_are() -> None:
    found = files(ResultsPlan(edits=(edit("append", raw=b"cut sh"), edit("append", raw=b"ort\r\n"))))
    assert found["output"].endswith(b'"D"}\ncut short\r\n')


def test_edit_changes_its_own_file_alone() -> None:
    found = files(ResultsPlan(edits=(edit("drop", file="error", custom_id="x"),)))
    assert pairs(found["output"]) == "aA bB cC dD"
    assert found["error"] is None


def test_raw_bytes_make_a_file_that_would_not_be_there() -> None:
    assert files(ResultsPlan(edits=(edit("append", file="error", raw=b"?"),)), error=())["error"] == b"?"


@pytest.mark.parametrize(
    ("present", "expected"),
    [((), (None, None)), (("output",), (b"", None)), (("error",), (None, b"")), (("output", "error"), (b"", b""))],
)
def test_file_in_which_nothing_stands_is_there_when_it_is_to_be_present(
    present: tuple[ResultFile, ...], expected: tuple[bytes | None, bytes | None]
) -> None:
    found = files(ResultsPlan(present=frozenset(present)), output=(), error=())
    assert (found["output"], found["error"]) == expected


@pytest.mark.parametrize(("order", "expected"), [("input", "aA bB cC dD"), ("reversed", "dD cC bB aA")])
def test_lines_come_in_the_order_that_is_asked_for(order: Any, expected: str) -> None:
    assert pairs(files(ResultsPlan(order=order))["output"]) == expected


def shuffled(seed: int, names: Sequence[str]) -> list[str]:
    found = files(ResultsPlan(order="shuffled"), output=names, seed=seed)["output"] or b""
    return [json.loads(line)["custom_id"] for line in found.splitlines()]


@given(st.integers(), st.lists(st.text(max_size=3), unique=True, max_size=8))
def test_shuffled_lines_are_all_there_in_an_order_of_the_seeds(seed: int, names: list[str]) -> None:
    assert sorted(shuffled(seed, names)) == sorted(names)
    assert shuffled(seed, names) == shuffled(seed, names)


def test_another_seed_shuffles_in_another_way() -> None:
    assert len({tuple(shuffled(seed, IDS)) for seed in range(20)}) > 5


def test_indices_of_edits_count_the_lines_as_they_are_ordered() -> None:
    assert pairs(files(ResultsPlan(order="reversed", edits=(edit("drop", indices=(0,)),)))["output"]) == "cC bB aA"
