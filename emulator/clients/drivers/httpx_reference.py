"""A driver for the reference client: `httpx_reference.py`. It needs httpx, and nothing of the emulator.

Owns how the protocol's calls become the client's. What the client promises of its attempts, it says in its hello.
"""

from __future__ import annotations

import base64
import functools
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.clients.drivers import reference_client, stdio
else:
    # As a program it has only its own folder to import from, and whatever its interpreter has.
    import stdio

    try:
        import reference_client
    except ImportError as error:
        sys.exit(f"httpx_reference.py: expected the package httpx, which `pip install httpx` installs: {error}")

HELLO = {
    "name": "httpx-reference",
    "version": "1",
    "retry": {"max_attempts": 4, "max_sleep_s": 90, "statuses": [0, 408, 425, 429, 500, 502, 503, 504]},
}


class Reference:
    """Holds the client that was connected last."""

    def __init__(self, sleeps: stdio.Sleeps) -> None:
        self._sleeps = sleeps
        self._client: reference_client.Client | None = None

    def connect(  # noqa: PLR0913 - the protocol has that many
        self,
        *,
        base_url: str,
        api_key: str,
        on_behalf_of: str | None,
        retries: str,
        timeout_s: float,
        clock: Mapping[str, Any] | None = None,  # noqa: ARG002 - the sleeps know of it
    ) -> Mapping[str, Callable[..., Any]]:
        """Make a new client, and return what can be called."""
        if self._client:
            self._client.close()
        self._client = reference_client.Client(
            base_url,
            api_key=api_key,
            on_behalf_of=on_behalf_of,
            timeout_s=timeout_s,
            retries=reference_client.ONCE if retries == "off" else reference_client.RetryPolicy(),
            sleep=self._sleeps,
        )
        return {name: _told(call) for name, call in _calls(self._client).items()}


def _calls(client: reference_client.Client) -> Mapping[str, Callable[..., Any]]:
    def upload(filename: str, content: str, purpose: str) -> Any:
        return client.upload_file(filename=filename, content=base64.b64decode(content), purpose=purpose)

    def content(file_id: str) -> Any:
        return {"content": base64.b64encode(client.read_file(file_id)).decode("ascii")}

    return {
        "batches.create": client.create_batch,
        "batches.list": client.list_batches,
        "batches.get": client.get_batch,
        "batches.cancel": client.cancel_batch,
        "files.upload": upload,
        "files.list": client.list_files,
        "files.get": client.get_file,
        "files.delete": client.delete_file,
        "files.content": content,
    }


def _told(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return the call, its errors told as the protocol has them: declared are the client's own, and no others."""

    @functools.wraps(call)
    def telling(**args: Any) -> Any:
        try:
            return call(**args)
        except reference_client.ClientError as error:
            raise stdio.Raised(error, declared=True, status=error.status, body=error.body) from error
        except Exception as error:
            raise stdio.Raised(error, declared=False) from error

    return telling


def main() -> None:
    """Run the driver."""
    sleeps = stdio.Sleeps()
    stdio.serve(hello=HELLO, connect=Reference(sleeps).connect, sleeps=sleeps)


if __name__ == "__main__":
    main()
