"""Following one batch through the replies of one operation: what each look at it must have in common with those before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.proving.lifecycle import DATED, ENDED, FOLLOWING, may_follow, may_have_been

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.proving.notebook import Notebook

COUNTS: Final = ("total", "completed", "failed")
FILE_IDS: Final = ("output_file_id", "error_file_id")


class Track:
    """The looks at one batch; `facts` are what it must show each time."""

    def __init__(self, facts: Mapping[str, Any], notebook: Notebook) -> None:
        self._facts = facts
        self._notebook = notebook
        self.status = "validating"
        self.dates: dict[str, int] = {}
        self._counts: dict[str, int] = dict.fromkeys(COUNTS, 0)
        self._file_ids: dict[str, str] = {}
        self._awaited: set[str] = set()

    def look(self, shown: Mapping[str, Any]) -> None:
        """Take one look at the batch. What does not fit its schema has been noted; nothing is concluded from it."""
        self._identity(shown)
        self._status(shown.get("status"))
        self._dates(shown)
        self._counting(shown.get("request_counts"))
        self._files(shown)

    def _identity(self, shown: Mapping[str, Any]) -> None:
        for name, expected in self._facts.items():
            if name in shown and shown[name] != expected:
                self._notebook.note("identity", expected=f"{name} {expected!r}", found=repr(shown[name]))

    def _status(self, status: object) -> None:
        if not isinstance(status, str) or status not in FOLLOWING:
            return
        if not may_follow(self.status, status):
            expected = ", ".join(sorted(FOLLOWING[self.status])) or "nothing else"
            self._notebook.note("lifecycle", expected=f"after {self.status}: {expected}", found=status)
        self.status = status

    def _dates(self, shown: Mapping[str, Any]) -> None:
        for name in DATED:
            date = shown.get(name)
            if name in self.dates and date != self.dates[name]:
                self._notebook.note("timestamps", expected=f"{name} {self.dates[name]}, as before", found=repr(date))
            if type(date) is int:
                self.dates[name] = date
        self._dates_of_status(shown)

    def _dates_of_status(self, shown: Mapping[str, Any]) -> None:
        status = shown.get("status")
        if not isinstance(status, str) or status not in FOLLOWING:
            return
        if status != "validating" and f"{status}_at" in shown and shown[f"{status}_at"] is None:
            self._notebook.note("timestamps", expected=f"{status}_at, the batch being {status}", found="null")
        for name in DATED:
            if shown.get(name) is not None and not may_have_been(status, name.removesuffix("_at")):
                expected = f"{name} null, the batch being {status}"
                self._notebook.note("timestamps", expected=expected, found=repr(shown[name]))

    def _counting(self, counts: object) -> None:
        if not isinstance(counts, dict):
            return
        now = {name: counts[name] for name in COUNTS if type(counts.get(name)) is int}
        for name, count in now.items():
            if count < self._counts[name]:
                expected = f"request_counts.{name} of {self._counts[name]} or more, as before"
                self._notebook.note("counts", expected=expected, found=str(count))
            self._counts[name] = count
        self._total(now)

    def _total(self, now: Mapping[str, int]) -> None:
        if len(now) == len(COUNTS) and now["completed"] + now["failed"] > now["total"]:
            found = f"{now['completed']} + {now['failed']} of {now['total']}"
            self._notebook.note("counts", expected="completed and failed lines to be within the total", found=found)

    def _files(self, shown: Mapping[str, Any]) -> None:
        for name in FILE_IDS:
            identity, before = shown.get(name), self._file_ids.get(name)
            if before is not None and identity != before:
                self._notebook.note("file-ids", expected=f"{name} {before}, as before", found=repr(identity))
            if isinstance(identity, str):
                self._file_ids[name] = identity
                self._file_id_came(name, identity, shown.get("status"))
            elif self.status in ENDED:
                self._awaited.add(name)

    def _file_id_came(self, name: str, identity: str, status: object) -> None:
        if status in FOLLOWING.keys() - ENDED:
            self._notebook.note("file-ids", expected=f"{name} null, the batch being {status}", found=identity)
        if name in self._awaited:
            self._notebook.note("late-file-ids", expected=f"{name} once the batch has ended", found="it came later")
