"""What the pytest plugin costs a session that does not use it: `pytest` on an empty test, with the plugin and without.

All other plugins of the environment are loaded both times. Exit code 1 when the ratio of the medians is above its bound.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from support.processes import clean

from benchmarks.comparing import COMPILED, Comparison, show

BOUND: Final = 1.05
TEST: Final = "def test_empty():\n    pass\n"
PYTEST: Final = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def session(folder: Path, *options: str) -> float:
    """Run pytest in a folder, and return how long that took, in seconds."""
    began = perf_counter()
    subprocess.run(
        [*PYTEST, *options],
        cwd=folder,
        env=clean({"PYTEST_ADDOPTS": "", **COMPILED}),
        capture_output=True,
        check=True,
    )
    return perf_counter() - began


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="benchmarks.plugin", description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    comparison = Comparison("a session of one empty test")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text(TEST, encoding="utf-8")
        session(folder)  # once for nothing, so that compiled modules are there and files are in memory
        for _ in range(chosen.rounds):
            comparison.measure(
                baseline=lambda: session(folder, "-p", "no:mka1_emulator"), subject=lambda: session(folder)
            )
    show([comparison], title="Plugin", columns=("without it", "with it"), as_json=chosen.json)
    sys.exit(comparison.ratio > BOUND)


if __name__ == "__main__":
    main()
