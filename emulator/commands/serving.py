"""The server that a command holds a client against: one of its own, or one that is running already."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from emulator.client import AdminClient, AdminError
from emulator.faces.arranging import Arranger

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: its address, without a slash at its end, and the token that opens its admin API, if any."""

    url: str
    token: str | None = None


@contextmanager
def server(url: str | None, token: str | None) -> Iterator[Server]:
    """Give the server at this address, or without one a new one, in a process of its own, that is up while the block is open.

    Raises click.ClickException when no emulator answers there, or not with this token.
    """
    if url is not None:
        yield _answering(Server(_address(url), token))
        return
    from emulator.embedded import Emulator  # noqa: PLC0415 - it takes a while to import, and may not be needed

    with Emulator(process=True) as own:
        _warm_up(Server(own.url))
        yield Server(own.url)


def _address(url: str) -> str:
    parts = urlsplit(url)
    try:
        is_address = parts.scheme == "http" and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        is_address = False
    if not is_address or parts.path.strip("/") or parts.query or parts.fragment:
        raise click.UsageError(f"--url: expected an address such as http://127.0.0.1:8787, found {url!r}")
    return f"http://{parts.netloc}"


def _answering(found: Server) -> Server:
    try:
        _warm_up(found)
    except AdminError as error:
        raise click.ClickException(f"--url: the server at {found.url} refuses: {error}") from None
    except OSError as error:
        raise click.ClickException(f"--url: expected an emulator at {found.url}, found none: {error}") from None
    return found


def _warm_up(server: Server) -> None:
    """Make a batch in a world of its own: what a server does but once can take longer than clients wait for a reply."""
    with AdminClient(server.url, token=server.token) as admin:
        world = admin.create_world(clock="manual")
        try:
            Arranger(server.url, world["api_key"]).batch()
        finally:
            admin.delete_world(world["world"])
