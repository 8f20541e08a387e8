from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.inference import Prompt, reply

if TYPE_CHECKING:
    from collections.abc import Callable

URLS = {
    "chat": "/v1/chat/completions",
    "embeddings": "/v1/embeddings",
    "images": "/v1/images/generations",
    "responses": "/v1/responses",
}


def _ask(endpoint: str, body: dict[str, Any], *, seed: int = 7, custom_id: str = "row-1", at: int = 1704067200) -> Any:
    return reply(Prompt(seed=seed, custom_id=custom_id, endpoint=URLS[endpoint], body=body, at=at))


@pytest.fixture(scope="session")
def ask() -> Callable[..., Any]:
    """Put a body to an endpoint, named in short."""
    return _ask
