"""Sorting the lines of result files by what came of them. Nothing is passed over: what cannot be read is counted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sorted:
    """The lines of result files, by custom_id; of two for one custom_id the first counts."""

    done: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    incomplete: set[str] = field(default_factory=set)
    unreadable: int = 0

    def read(self, content: bytes) -> None:
        """Sort in the lines of one file."""
        for text in content.splitlines():
            try:
                row = json.loads(text)
                custom_id, error, response = str(row["custom_id"]), row["error"], row["response"]
            except (ValueError, KeyError, TypeError):
                self.unreadable += 1
                continue
            if custom_id not in {*self.done, *self.failures, *self.expired}:
                self._sort_in(custom_id, error, response)

    def _sort_in(self, custom_id: str, error: dict[str, Any] | None, response: dict[str, Any] | None) -> None:
        if error is not None and error["code"] == "batch_expired":
            self.expired.add(custom_id)
        elif error is not None or response is None:
            self.failures[custom_id] = error["code"] if error else "no response"
        elif not 200 <= response["status_code"] < 300:
            self.failures[custom_id] = str(response["status_code"])
        else:
            self._done(custom_id, response["body"])

    def _done(self, custom_id: str, body: dict[str, Any]) -> None:
        self.done[custom_id] = body
        choice = body["choices"][0]
        if choice["finish_reason"] == "length" or choice["message"]["content"] is None:
            self.incomplete.add(custom_id)
