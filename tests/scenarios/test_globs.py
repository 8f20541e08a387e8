from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.contract.catalog import load
from emulator.contract.editions import NEWEST
from emulator.scenarios.globs import can_match
from emulator.scenarios.rules import PATHS

TEMPLATE = "/batches/{batch_id}/cancel"


@pytest.mark.parametrize(
    ("glob", "can"),
    [
        ("*", True),
        ("/batches/*", True),
        ("*/cancel", True),
        ("/batches/batch_0?/cancel", True),
        ("/batches/[!x]*/c[ab]ncel", True),
        (TEMPLATE, True),
        ("/batches//cancel", False),
        ("/batches/a/b/cancel", False),
        ("/batches/*/cancels", False),
        ("/files/*", False),
        ("", False),
    ],
)
def test_glob_can_match_what_some_path_of_the_template_fits(glob: str, can: bool) -> None:
    assert can_match(glob, TEMPLATE) is can


@given(st.text("ab/*?[]!-", max_size=12), st.text("ab-!]", min_size=1, max_size=6))
@example("[]a]", "]")
@example("[a", "a")
def test_glob_that_matches_a_path_is_never_thought_unable_to(glob: str, segment: str) -> None:
    path = f"/a/{segment}/b"
    assert can_match(glob, "/a/{id}/b") or not fnmatchcase(path, glob)


@pytest.mark.parametrize("text", ["x" * 500, "*" * 500, "*a" * 250])
def test_long_glob_is_looked_at_in_one_go(text: str) -> None:
    assert can_match(text, "*")


def test_paths_of_the_operations_are_those_of_the_contract() -> None:
    assert {name: operation.path for name, operation in load(NEWEST).operations.items()} == PATHS
