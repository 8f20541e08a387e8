"""Paging through the list of batches, and what each sweep must show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.proving import asking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.proving.caller import Caller
    from emulator.proving.notebook import Notebook

PAGE: Final = 2


class Listing:
    """Sweeps over the list of batches; `mine` are those that its client knows of, `twins` those whose replies were lost."""

    def __init__(self, caller: Caller, notebook: Notebook) -> None:
        self._caller = caller
        self._notebook = notebook
        self.mine: list[str] = []
        self.twins: frozenset[str] = frozenset()
        self._missed: set[str] = set()
        self._absent: frozenset[str] = frozenset()

    def sweep(self) -> dict[str, Mapping[str, Any]]:
        """Page to the end of the list, or to a page that brings nothing new; return its batches by id. Raises Stuck."""
        found: dict[str, Mapping[str, Any]] = {}
        after, has_more = None, True
        while has_more:
            items, has_more = self._page(after)
            for identity, _ in items:
                if identity in found:
                    self._notebook.note("list", expected="each batch once", found=f"{identity} twice")
            has_more = has_more and bool({identity for identity, _ in items} - found.keys())
            found.update(items)
            after = items[-1][0] if items else None
        self._compare(found)
        return found

    def _page(self, after: str | None) -> tuple[list[tuple[str, Mapping[str, Any]]], bool]:
        page = self._caller.call(asking.page(after=after, limit=PAGE)).value
        data = page.get("data")
        items = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
        return [(str(item.get("id")), item) for item in items], page.get("has_more") is True

    def _compare(self, found: Mapping[str, Mapping[str, Any]]) -> None:
        for stranger in found.keys() - set(self.mine) - self.twins:
            self._notebook.note("growing-list", expected="only batches that were created", found=stranger)
        self._absent = frozenset(self.mine) - found.keys()
        for late in self._missed - self._absent:
            self._notebook.note("late-listing", expected=f"{late} in the list at once", found="it came later")
        self._missed |= self._absent

    def close(self) -> None:
        """Say which batches have been missing to the last."""
        for absent in sorted(self._absent):
            self._notebook.note("list", expected=f"{absent} in the list", found="it is missing to the last")
