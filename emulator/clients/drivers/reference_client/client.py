"""The nine operations of the API, each as one method: what is sent, what may be tried again, what comes back.

Results are the reply's JSON as it came, its names those of the wire. A method raises ClientError and nothing else.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from . import arguments
from .arguments import UNSET, Unsettable, unless_unset
from .replies import read_bytes, read_object
from .retrying import PASSING, TURNED_AWAY, RetryPolicy
from .sending import Sender
from .shapes import BATCH, BATCH_PAGE, DELETED_FILE, FILE, FILE_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .replies import Json

COMPLETION_WINDOW: Final = "24h"
"""The API has this one window."""
_POLICY: Final = RetryPolicy()
_JSON: Final = {"Content-Type": "application/json"}


class Client:
    """The API for one key, and for one end user if `on_behalf_of` names one.

    `timeout_s` is how many seconds the server may let pass without a byte; `call_s`, twice that by default, how many a
    call may wait for it in all, the pauses between attempts not counted. `sleep` waits for so many seconds; `now` tells
    the time, in epoch seconds.
    """

    def __init__(  # noqa: PLR0913 - all but the first are named, and most are left out
        self,
        base_url: str,
        *,
        api_key: str,
        on_behalf_of: str | None = None,
        timeout_s: float = 60.0,
        call_s: float | None = None,
        retries: RetryPolicy = _POLICY,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._sender = Sender(
            base_url,
            api_key=api_key,
            on_behalf_of=on_behalf_of,
            pause_s=timeout_s,
            call_s=2 * timeout_s if call_s is None else call_s,
            retries=retries,
            sleep=sleep,
            now=now,
        )

    def close(self) -> None:
        """Let go of what the client holds."""
        self._sender.close()

    # Batches

    def create_batch(
        self,
        *,
        input_file_id: str,
        endpoint: str,
        metadata: dict[str, str] | Unsettable | None = UNSET,
        max_concurrency: int | Unsettable = UNSET,
    ) -> Json:
        """Start a batch on an uploaded file, and return it."""
        body = arguments.json_body(
            input_file_id=arguments.text("input_file_id", input_file_id),
            endpoint=arguments.text("endpoint", endpoint),
            completion_window=COMPLETION_WINDOW,
            metadata=unless_unset(arguments.metadata, "metadata", metadata),
            max_concurrency=unless_unset(arguments.whole, "max_concurrency", max_concurrency),
        )
        request = self._sender.request("POST", "/batches", headers=_JSON, content=body)
        reply = self._sender.send(request, again_after=TURNED_AWAY)
        return read_object(reply, BATCH)

    def list_batches(self, *, after: str | Unsettable = UNSET, limit: int | Unsettable = UNSET) -> Json:
        """Return a page of batches, newest first; `after` is the `last_id` of the page before."""
        given = arguments.query(
            after=unless_unset(arguments.text, "after", after),
            limit=unless_unset(arguments.whole, "limit", limit),
        )
        request = self._sender.request("GET", f"/batches{given}")
        reply = self._sender.send(request, again_after=PASSING)
        return read_object(reply, BATCH_PAGE)

    def get_batch(self, batch_id: str) -> Json:
        """Return a batch as it stands."""
        path = arguments.segment("batch_id", batch_id)
        request = self._sender.request("GET", f"/batches/{path}")
        reply = self._sender.send(request, again_after=PASSING)
        return read_object(reply, BATCH)

    def cancel_batch(self, batch_id: str) -> Json:
        """Stop a batch, and return it as it stands then: it may be cancelling for a while, or be done after all."""
        path = arguments.segment("batch_id", batch_id)
        request = self._sender.request("POST", f"/batches/{path}/cancel")
        reply = self._sender.send(request, again_after=PASSING)
        return read_object(reply, BATCH)

    # Files

    def upload_file(self, *, filename: str, content: bytes, purpose: str) -> Json:
        """Upload a file, and return what the server says of it."""
        name = arguments.filename("filename", filename)
        data = arguments.content("content", content)
        request = self._sender.request(
            "POST",
            "/files",
            data={"purpose": arguments.text("purpose", purpose)},
            files={"file": (name, data, "application/octet-stream")},
        )
        reply = self._sender.send(request, again_after=TURNED_AWAY)
        return read_object(reply, FILE)

    def list_files(
        self,
        *,
        after: str | Unsettable = UNSET,
        limit: int | Unsettable = UNSET,
        order: str | Unsettable = UNSET,
        purpose: str | Unsettable = UNSET,
        sha256: str | Unsettable = UNSET,
    ) -> Json:
        """Return a page of files; `after` is the `last_id` of the page before."""
        given = arguments.query(
            after=unless_unset(arguments.text, "after", after),
            limit=unless_unset(arguments.whole, "limit", limit),
            order=unless_unset(arguments.text, "order", order),
            purpose=unless_unset(arguments.text, "purpose", purpose),
            sha256=unless_unset(arguments.text, "sha256", sha256),
        )
        request = self._sender.request("GET", f"/files{given}")
        reply = self._sender.send(request, again_after=PASSING)
        return read_object(reply, FILE_PAGE)

    def get_file(self, file_id: str) -> Json:
        """Return what the server says of a file."""
        path = arguments.segment("file_id", file_id)
        request = self._sender.request("GET", f"/files/{path}")
        reply = self._sender.send(request, again_after=PASSING)
        return read_object(reply, FILE)

    def delete_file(self, file_id: str) -> Json:
        """Delete a file, and return the confirmation."""
        path = arguments.segment("file_id", file_id)
        request = self._sender.request("DELETE", f"/files/{path}")
        reply = self._sender.send(request, again_after=TURNED_AWAY)
        return read_object(reply, DELETED_FILE)

    def read_file(self, file_id: str) -> bytes:
        """Return the bytes of a file."""
        path = arguments.segment("file_id", file_id)
        request = self._sender.request("GET", f"/files/{path}/content")
        reply = self._sender.send(request, again_after=PASSING)
        return read_bytes(reply)
