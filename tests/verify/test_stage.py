from __future__ import annotations

from typing import TYPE_CHECKING

from support.small_drivers import small_driver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.processes import Ended

RAISED = {"type": "Error", "declared": True, "status": 429, "body": "", "message": "no"}


def test_sleep_beyond_the_end_of_time_fails_a_check_and_not_the_run(
    verify: Callable[..., Ended], tmp_path: Path
) -> None:
    way = f"say(id=number, raised={RAISED!r}, sleeps=[9e15])"
    done = verify("--client", small_driver(tmp_path, way), "--run", "retries.429-for-ever-is-given-up")
    assert (done.code, done.stderr) == (1, "")
    assert "seconds slept: expected at most 120, got 9000000000000000.0" in done.stdout
