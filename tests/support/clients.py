"""Real clients for tests: the official SDK called either way, and what every client is asked to do."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import httpx
from meetkai_mka1 import SDK, models
from meetkai_mka1.utils import BackoffStrategy, RetryConfig

from support.worlds import CHAT, TestWorld, good_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Style: TypeAlias = Literal["sync", "async"]
STYLES: Final[tuple[Style, ...]] = ("sync", "async")

TLS: Final = ssl.create_default_context()
"""Made once: for each SDK anew, as it does by itself, this would take most of a test's time."""

ONCE: Final = RetryConfig("none", BackoffStrategy(1, 1, 1.0, 1), retry_connection_errors=False)
"""No call is repeated, so no test waits for a back-off."""
AT_ONCE: Final = RetryConfig("backoff", BackoffStrategy(1, 1, 1.0, 10_000, 0), retry_connection_errors=False)
"""A refused call is repeated after a millisecond."""

REPLIES: Final[dict[str, Any]] = {
    CHAT: models.OpenAIChatCompletion,
    "/v1/responses": models.ResponseObject,
    "/v1/embeddings": models.EmbeddingsResponse,
    "/v1/images/generations": models.ImageGenerationResponse,
}
"""What the SDK takes a reply of each endpoint for."""


class Resource:
    """One group of the SDK's methods, `batches` or `files`, each called in the client's style."""

    def __init__(self, target: object, runner: asyncio.Runner | None) -> None:
        self._target = target
        self._runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if self._runner is None:
            return getattr(self._target, name)  # type: ignore[no-any-return]
        runner, method = self._runner, getattr(self._target, f"{name}_async")
        return lambda **arguments: runner.run(method(**arguments))


@dataclass(frozen=True)
class Official:
    """The official SDK in one world, its methods called as ordinary ones or as coroutines on a loop of its own."""

    world: TestWorld
    batches: Resource
    files: Resource
    runner: asyncio.Runner | None

    def upload(
        self, content: bytes | None = None, *, name: str = "input.jsonl", purpose: str = "batch", **more: Any
    ) -> Any:
        """Upload a file, by default an input file of three lines."""
        file = {"file_name": name, "content": good_input(3) if content is None else content}
        return self.files.upload(file=file, purpose=purpose, **more)

    def create(self, content: bytes | None = None, *, endpoint: str = CHAT, **more: Any) -> Any:
        """Upload an input file and start a batch of it."""
        return self.batches.create(input_file_id=self.upload(content).id, endpoint=endpoint, **more)

    def get(self, batch: Any) -> Any:
        """Return a batch as it stands now."""
        return self.batches.get(batch_id=batch.id)

    def read(self, file_id: str, **more: Any) -> bytes:
        """Return a file's bytes."""
        reply = self.files.content(file_id=file_id, **more)
        content: bytes = self.runner.run(reply.aread()) if self.runner else reply.read()
        return content

    def results(self, file_id: str | None) -> list[dict[str, Any]]:
        """Return the lines of a result file; none when there is no such file."""
        return [json.loads(line) for line in self.read(file_id).splitlines()] if file_id else []


@contextmanager
def official(world: TestWorld, style: Style, *, retries: RetryConfig = ONCE) -> Iterator[Official]:
    """Open the SDK on a world, and close all that it opened."""
    with httpx.Client(follow_redirects=True, verify=TLS) as client, asyncio.Runner() as loop:
        async_client = httpx.AsyncClient(follow_redirects=True, verify=TLS)
        sdk = SDK(
            server_url=world.url,
            bearer_auth=world.api_key,
            client=client,
            async_client=async_client,
            retry_config=retries,
            timeout_ms=30_000,
        )
        runner = loop if style == "async" else None
        try:
            yield Official(world, Resource(sdk.llm.batches, runner), Resource(sdk.llm.files, runner), runner)
        finally:
            loop.run(async_client.aclose())


def fields(model: Any) -> dict[str, Any]:
    """Return what the SDK shows, named as on the wire."""
    return dict(model.model_dump(mode="json", by_alias=True))


def violations(world: TestWorld) -> list[dict[str, Any]]:
    """Return where the world's requests broke the contract."""
    return [fault for request in world.admin.requests() for fault in request["violations"]]
