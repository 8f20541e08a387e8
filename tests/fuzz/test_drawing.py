from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, seed, settings

from emulator.fuzz.catalog import find
from emulator.fuzz.drawing import ANEW

if TYPE_CHECKING:
    from emulator.fuzz.steps import Script

EXAMPLES = 100


def drawn(number: int) -> list[str]:
    """Return scripts as a hunt draws them from a seed."""
    scripts: list[str] = []

    @settings(
        backend=ANEW, max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @seed(number)
    @given(find("requests-conform").scripts())
    def draw(script: Script) -> None:
        scripts.append(repr(script))

    draw()
    return scripts


def test_hardly_a_script_is_drawn_twice() -> None:
    assert len(set(drawn(1))) > 0.95 * EXAMPLES


def test_a_seed_draws_the_same_scripts_each_time() -> None:
    assert drawn(7) == drawn(7) != drawn(8)
