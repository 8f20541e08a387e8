"""From a request to the reply that counts: its headers, and the attempts that it takes.

What may be tried again is for the operation to say, and when is for `retrying`; it must not know what any request means.
"""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import httpx

from . import arguments
from .errors import BrokenReply, InvalidArgument, TimedOut, TransportFault
from .retrying import FAULT, RetryPolicy, retry_after_s
from .wire import Reply, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX: Final = "/api/v1/llm"
_HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "mka1-reference-client/1",
}


class Sender:
    """Sends the requests of one client; its arguments are the client's."""

    def __init__(  # noqa: PLR0913 - all but the first are named
        self,
        base_url: str,
        *,
        api_key: str,
        on_behalf_of: str | None,
        pause_s: float,
        call_s: float,
        retries: RetryPolicy,
        sleep: Callable[[float], None],
        now: Callable[[], float],
    ) -> None:
        self._url = base_url.rstrip("/") + PREFIX
        self._api_key = api_key
        self._on_behalf_of = on_behalf_of
        self._call_s = call_s
        self._retries = retries
        self._sleep = sleep
        self._now = now
        self._wire = Wire(pause_s=pause_s)

    def close(self) -> None:
        """Let go of all connections."""
        self._wire.close()

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **body: Any
    ) -> httpx.Request:
        """Return a request to the API; `body` is what httpx takes for one. Raises InvalidArgument."""
        given = {**self._headers(), **(headers or {})}
        try:
            return httpx.Request(method, self._url + path, headers=given, **body)
        except httpx.InvalidURL as error:
            raise InvalidArgument(f"expected what a URL can hold, got {path!a:.80}: {error}") from None

    def _headers(self) -> dict[str, str]:
        headers = dict(_HEADERS)
        headers["Authorization"] = arguments.header("Authorization", f"Bearer {self._api_key}")
        if self._on_behalf_of is not None:
            headers["X-On-Behalf-Of"] = arguments.header("X-On-Behalf-Of", self._on_behalf_of)
        return headers

    def send(self, request: httpx.Request, *, again_after: frozenset[int]) -> Reply:
        """Return the reply to the last attempt; another one follows the statuses in `again_after`, if there is one.

        Raises InvalidArgument, TransportFault.
        """
        until = time.monotonic() + self._call_s
        for attempt in count(1):
            outcome = self._attempt(request, until)
            pause_s = self._pause_s(outcome, attempt, again_after)
            if pause_s is None:
                break
            until += self._slept_s(pause_s)
        if isinstance(outcome, TransportFault):
            raise outcome
        return outcome

    def _attempt(self, request: httpx.Request, until: float) -> Reply | TransportFault:
        try:
            return self._wire.exchange(request, until=until)
        except (BrokenReply, TimedOut):
            raise
        except TransportFault as fault:
            return fault

    def _pause_s(self, outcome: Reply | TransportFault, attempt: int, again_after: frozenset[int]) -> float | None:
        """Return the seconds until the next attempt, or None if this was the last."""
        if isinstance(outcome, TransportFault):
            return self._retries.pause_s(attempt, None) if FAULT in again_after else None
        if outcome.status not in again_after:
            return None
        asked_s = retry_after_s(outcome.headers, self._now())
        return self._retries.pause_s(attempt, asked_s)

    def _slept_s(self, pause_s: float) -> float:
        """Sleep, and return for how long the monotonic clock saw it: that is no time spent waiting for the server."""
        asleep = time.monotonic()
        self._sleep(pause_s)
        return time.monotonic() - asleep
