"""What a scenario does to result files: their order, what stands in which, and every way in which they can be wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from emulator.domain.paths import UNCHANGED, Changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.domain.outcomes import LinePattern

ResultFile: TypeAlias = Literal["output", "error"]
Action: TypeAlias = Literal["drop", "repeat", "swap", "replace", "append", "change"]
FILES: Final[tuple[ResultFile, ...]] = ("output", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of one file: to those of its lines that `when` means, or, without it, at its end.

    `swap` passes the custom_ids of the lines around; `replace` and `append` put raw bytes there.
    """

    file: ResultFile
    action: Action
    when: LinePattern | None = None
    raw: bytes = b""
    changes: Changes = UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPlan:
    """How a batch's result files come to be.

    `present` names files that exist even when nothing stands in them, `deleted` those that are gone although their ids are
    shown; `ids_after_us` is how long after its end a batch shows the files' ids.
    """

    order: Literal["input", "reversed", "shuffled"] = "input"
    failed_in: Literal["error_file", "output_file", "both"] = "error_file"
    present: frozenset[ResultFile] = frozenset()
    deleted: frozenset[ResultFile] = frozenset()
    ids_after_us: int = 0
    content_type: Mapping[ResultFile, str] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
