from __future__ import annotations

from collections import Counter

from emulator.inference.draw import Draw


def test_the_same_parts_give_the_same_row() -> None:
    one, other = Draw(1, "a", {"x": 1, "y": 2}), Draw(1, "a", {"y": 2, "x": 1})
    assert [one.below(100) for _ in range(200)] == [other.below(100) for _ in range(200)]


def test_parts_do_not_run_into_each_other() -> None:
    assert Draw("ab", "c").hex(32) != Draw("a", "bc").hex(32)


def test_a_row_is_the_same_in_every_release() -> None:
    draw = Draw(0, "row-1")
    assert (draw.hex(8), draw.below(1000)) == ("86eb73f7", 699)


def test_a_branch_does_not_depend_on_what_was_drawn() -> None:
    fresh, used = Draw(1), Draw(1)
    used.take(300)
    assert fresh.branch("a", 0).hex(32) == used.branch("a", 0).hex(32)
    assert fresh.branch("a", 0).hex(32) != fresh.branch("a", 1).hex(32)


def test_choices_are_spread_evenly() -> None:
    draw = Draw("spread")
    counts = Counter(draw.below(10) for _ in range(10_000))
    assert all(900 < counts[value] < 1100 for value in range(10))


def test_hexadecimal_digits_come_in_any_number() -> None:
    assert [len(Draw(0).hex(length)) for length in (0, 1, 7, 48)] == [0, 1, 7, 48]
