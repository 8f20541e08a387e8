"""Owns the registry of endpoints and the way from a prompt to its reply. Must not know any reply's shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.inference.chat import chat
from emulator.inference.embeddings import embeddings
from emulator.inference.images import images
from emulator.inference.responses import responses
from emulator.inference.values import tame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.inference.prompt import Prompt

# A new endpoint is one function in a module of its own, and one line here.
ENDPOINTS: Mapping[str, Callable[[Prompt], dict[str, object]]] = {
    "/v1/chat/completions": chat,
    "/v1/embeddings": embeddings,
    "/v1/images/generations": images,
    "/v1/responses": responses,
}


class UnknownEndpointError(LookupError):
    """No model plays this endpoint; `endpoint` says which."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(f"no endpoint {endpoint!r}: there are {', '.join(ENDPOINTS)}")
        self.endpoint = endpoint


def reply(prompt: Prompt) -> dict[str, object]:
    """Return the reply body as JSON values that nothing else holds on to.

    The same prompt gives the same reply, in any process. An optional member of the body with a value that
    cannot be used counts as absent. Raises UnknownEndpointError for an endpoint that nobody plays.
    """
    if prompt.endpoint not in ENDPOINTS:
        raise UnknownEndpointError(prompt.endpoint)
    return ENDPOINTS[prompt.endpoint](replace(prompt, body=tame(prompt.body)))
