"""Two things timed in turn, over and over, so that whatever else the machine does weighs on both alike."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from statistics import mean, median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

WIDTH: Final = 130
COMPILED: Final = {"PYTHONDONTWRITEBYTECODE": ""}
"""The environment of what is timed: some forbid modules to be compiled, and none that a package was installed in has to do so."""


@dataclass(frozen=True)
class Comparison:
    """Times in seconds of a baseline and of what is held against it."""

    name: str
    baseline_s: list[float] = field(default_factory=list)
    subject_s: list[float] = field(default_factory=list)

    def measure(self, *, baseline: Callable[[], float], subject: Callable[[], float]) -> None:
        """Take the time of each once more, in seconds; which goes first changes from time to time."""
        for times, seconds in in_turn(len(self.baseline_s), (self.baseline_s, baseline), (self.subject_s, subject)):
            times.append(seconds())

    @property
    def ratio(self) -> float:
        """How many times as long the subject takes, by the medians."""
        return median(self.subject_s) / median(self.baseline_s)

    @property
    def ratio_of_means(self) -> float:
        """The same by the means, and so by the sums: what all the runs took."""
        return mean(self.subject_s) / mean(self.baseline_s)

    def figures(self) -> dict[str, Any]:
        """Return what was measured, in milliseconds."""
        return {
            "name": self.name,
            "runs": len(self.subject_s),
            "baseline_median_ms": _ms(median(self.baseline_s)),
            "subject_median_ms": _ms(median(self.subject_s)),
            "baseline_p95_ms": _ms(_p95(self.baseline_s)),
            "subject_p95_ms": _ms(_p95(self.subject_s)),
            "ratio": round(self.ratio, 3),
            "ratio_of_means": round(self.ratio_of_means, 3),
        }


def in_turn(number: int, *pair: T) -> Sequence[T]:
    """Return the two sides in the order in which they go in the round with this number."""
    return pair if number % 2 else pair[::-1]


def timed(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds."""
    began = perf_counter()
    action()
    return perf_counter() - began


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def show(comparisons: Sequence[Comparison], *, title: str, columns: tuple[str, str], as_json: bool) -> None:
    """Print what was measured, as a table or as JSON."""
    figures = [each.figures() for each in comparisons]
    if as_json:
        json.dump({"title": title, "columns": columns, "comparisons": figures}, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    baseline, subject = columns
    for name in ("", "runs", baseline, subject, f"{baseline}, p95", f"{subject}, p95", "ratio of medians", "of means"):
        table.add_column(name, justify="right" if name else "left")
    for each in figures:
        name, runs, *times, ratio, of_means = each.values()
        table.add_row(name, str(runs), *(f"{time:.2f} ms" for time in times), f"{ratio:.2f}", f"{of_means:.2f}")
    Console(width=WIDTH).print(table)
