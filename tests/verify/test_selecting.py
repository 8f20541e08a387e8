from __future__ import annotations

import pytest
from support.verified import check

from emulator.verify.catalog import ALL
from emulator.verify.check import Group
from emulator.verify.errors import VerifyError
from emulator.verify.selecting import selected

CHECKS = [
    check("list.pages", Group.PAGING),
    check("list.ends", Group.PAGING),
    check("retries.stop", Group.RETRIES),
    check("get.waits", Group.RETRIES),
]


@pytest.mark.parametrize(
    ("run", "skip", "names"),
    [
        ((), (), ["list.pages", "list.ends", "retries.stop", "get.waits"]),
        (("list.pages",), (), ["list.pages"]),
        (("list.*",), (), ["list.pages", "list.ends"]),
        (("*.[ps]*",), (), ["list.pages", "retries.stop"]),
        (("retries",), (), ["retries.stop", "get.waits"]),
        (("retries.*",), (), ["retries.stop"]),
        (("get.*", "list.ends", "list.e*"), (), ["list.ends", "get.waits"]),
        ((), ("paging",), ["retries.stop", "get.waits"]),
        (("paging", "retries"), ("*.pages", "get.waits"), ["list.ends", "retries.stop"]),
    ],
)
def test_patterns_choose_checks_in_their_own_order(
    run: tuple[str, ...], skip: tuple[str, ...], names: list[str]
) -> None:
    assert [each.name for each in selected(CHECKS, run=run, skip=skip)] == names


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"run": ("list.page",)},
            "--run: expected a check's name, a pattern of names or a group, found 'list.page': did you mean list.pages?",
        ),
        (
            {"skip": ("retry",)},
            "--skip: expected a check's name, a pattern of names or a group, found 'retry': did you mean retries?",
        ),
        (
            {"run": ("list.*", "xyz")},
            (
                "--run: expected a check's name, a pattern of names or a group, found 'xyz'; the groups are requests, "
                "replies, errors, retries, paging, files, tenancy, scenarios"
            ),
        ),
        (
            {"run": ("paging",), "skip": ("list.*",)},
            "no check is left to run: --skip list.* takes away all that were chosen",
        ),
    ],
)
def test_pattern_that_means_nothing_is_refused_in_a_sentence(given: dict[str, tuple[str, ...]], sentence: str) -> None:
    with pytest.raises(VerifyError) as refused:
        selected(CHECKS, **given)
    assert str(refused.value) == sentence


def test_no_check_is_named_as_a_group_and_no_name_comes_twice() -> None:
    names = [each.name for each in ALL]
    assert len({*names, *Group}) == len(names) + len(Group)


def test_no_check_has_a_name_that_a_list_of_known_failures_could_not_hold() -> None:
    assert not [each.name for each in ALL if set(each.name) & set("*?[]# \t")]
