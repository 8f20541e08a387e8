"""Drives OpenAI's client for Python by driver protocol 1.

Owns what the client's methods and errors are to the protocol. It must not know what a right answer is: whatever the client
returns or raises is shown as it is.
"""

from __future__ import annotations

import inspect
import ssl
import sys
import time
from base64 import b64decode, b64encode
from contextlib import ExitStack
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

try:
    import openai
    from openai import _base_client
except ImportError as error:
    sys.exit(f"openai_python.py: expected the package openai, which `pip install openai` installs: {error}")

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.clients.drivers.stdio import Raised, Sleeps, Unsupported, serve
else:
    # As a program it has only its own folder to import from, and whatever the client's interpreter has.
    from stdio import Raised, Sleeps, Unsupported, serve

PREFIX: Final = "/api/v1/llm"
TLS: Final = ssl.create_default_context()
"""Made once: for each client anew it would take longer than a call."""


class Connector:
    """Makes clients, one at a time."""

    def __init__(self) -> None:
        self._opened = ExitStack()

    def connect(
        self, *, base_url: str, api_key: str, on_behalf_of: str | None, retries: str, timeout_s: float, **_: object
    ) -> Mapping[str, Callable[..., Any]]:
        """Close the client of before, and return what can be called of a new one. Raises Raised."""
        self._opened.close()
        options: dict[str, Any] = {"max_retries": 0} if retries == "off" else {}
        if on_behalf_of is not None:
            options["default_headers"] = {"X-On-Behalf-Of": on_behalf_of}
        client = _outcome(
            lambda: openai.OpenAI(
                base_url=f"{base_url}{PREFIX}",
                api_key=api_key,
                timeout=timeout_s,
                http_client=openai.DefaultHttpxClient(verify=TLS),
                **options,
            )
        )
        return _calls(self._opened.enter_context(client))


def _calls(client: openai.OpenAI) -> Mapping[str, Callable[..., Any]]:
    return {
        "batches.create": partial(_call, client.batches.create, completion_window="24h"),
        "batches.list": partial(_call, client.batches.list),
        "batches.get": partial(_call, client.batches.retrieve),
        "batches.cancel": partial(_call, client.batches.cancel),
        "files.upload": partial(_upload, client.files.create),
        "files.list": partial(_call, client.files.list),
        "files.get": partial(_call, client.files.retrieve),
        "files.delete": partial(_call, client.files.delete),
        "files.content": partial(_call, client.files.content),
    }


def _upload(create: Callable[..., Any], /, filename: str, content: str, purpose: str) -> Any:
    return _call(create, file=(filename, b64decode(content)), purpose=purpose)


def _call(method: Callable[..., Any], /, **args: Any) -> Any:
    """Call a method of the client. Raises Unsupported for arguments that it does not have, Raised."""
    unknown = args.keys() - inspect.signature(method).parameters.keys()
    if unknown:
        raise Unsupported(f"{method.__qualname__} takes no {', '.join(sorted(unknown))}")
    return _outcome(lambda: _shown(method(**args)))


def _outcome(make: Callable[[], Any]) -> Any:
    """Return what the client returns. Raises Raised for whatever it raises."""
    try:
        return make()
    except Exception as error:
        raise _raised(error) from error


def _raised(error: Exception) -> Raised:
    response = getattr(error, "response", None)
    return Raised(
        error,
        declared=isinstance(error, openai.OpenAIError),
        status=None if response is None else response.status_code,
        body=None if response is None else response.content.decode("utf-8", "replace"),
    )


def _shown(returned: Any) -> Any:
    """Return what the client gives its user, as JSON; what the reply did not have is not in it."""
    if isinstance(returned, openai.BaseModel):
        return returned.to_dict(warnings=False)
    if isinstance(returned, list):
        return [_shown(item) for item in returned]
    if isinstance(returned, openai.HttpxBinaryResponseContent):
        return {"content": b64encode(returned.content).decode()}
    return returned


def main() -> None:
    """Answer requests until there are no more."""
    sleeps = Sleeps()
    # In the client's own module alone: its time-outs, and all else, go by the real time.
    vars(_base_client)["time"] = SimpleNamespace(**{**vars(time), "sleep": sleeps})
    hello = {"name": "openai", "version": openai.__version__, "retry": {"max_attempts": 3}}
    serve(hello=hello, connect=Connector().connect, sleeps=sleeps)


if __name__ == "__main__":
    main()
