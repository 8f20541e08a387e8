"""A driver in its process, connected to a test's world: its calls by what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Raised, Returned, as_content, content_of
from support.worlds import good_input

if TYPE_CHECKING:
    from emulator.clients.driver import Driver
    from emulator.clients.protocol import Outcome
    from support.worlds import TestWorld

DEADLINE_S: Final = 20
"""Long for a call, and short for a client that would really wait as long as it is told to in tests."""


@dataclass(frozen=True)
class Driven:
    """A driver whose client is connected to a world."""

    driver: Driver
    world: TestWorld

    def connect(self, **more: Any) -> Outcome:
        """Connect a new client, which tries each call once unless it is told otherwise."""
        usual = {"base_url": self.world.url, "api_key": self.world.api_key, "on_behalf_of": None}
        return self.call("connect", **{**usual, "retries": "off", "timeout_s": 10, **more})

    def call(self, name: str, /, **args: Any) -> Outcome:
        return self.driver.call(name, args, deadline_s=DEADLINE_S)

    def result(self, name: str, /, **args: Any) -> Any:
        """Return what the client returned."""
        outcome = self.call(name, **args)
        assert isinstance(outcome, Returned), outcome
        return outcome.result

    def raised(self, name: str, /, **args: Any) -> Raised:
        """Return the error that the client ended in."""
        outcome = self.call(name, **args)
        assert isinstance(outcome, Raised), outcome
        return outcome

    def upload(self, content: bytes | None = None, *, filename: str = "input.jsonl", purpose: str = "batch") -> Any:
        """Upload a file, by default an input file of three lines, and return it."""
        content = good_input(3) if content is None else content
        return self.result("files.upload", filename=filename, content=as_content(content), purpose=purpose)

    def content(self, file_id: str) -> bytes:
        """Return a file's bytes."""
        outcome = self.call("files.content", file_id=file_id)
        assert isinstance(outcome, Returned), outcome
        return content_of(outcome)

    def create(self, **more: Any) -> Any:
        """Create a batch of a new file, and return it."""
        return self.result(
            "batches.create", **{"input_file_id": self.upload()["id"], "endpoint": "/v1/chat/completions", **more}
        )
