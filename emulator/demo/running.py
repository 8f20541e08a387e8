"""Running the demo: a server on a free port, a client in a world of its own, and the report in the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from httpx import Client as HttpClient
from meetkai_mka1 import SDK, errors
from pydantic import ValidationError

from emulator.client import AdminClient, AdminError
from emulator.demo.checking import Unexpected
from emulator.demo.client import Client
from emulator.demo.progress import shown
from emulator.demo.report import print_json, print_tables, read_back
from emulator.demo.stories import stories
from emulator.server import running
from emulator.settings import Settings

if TYPE_CHECKING:
    from emulator.demo.report import BatchRow

KEY: Final = "mk-demo"
UNEXPECTED: Final = (Unexpected, errors.SDKError, errors.NoResponseError, AdminError, ValidationError)


def run(*, lines: int, seed: int, as_json: bool) -> None:
    """Run the demo and print its report; exit 1, with a sentence, when the SDK's view is not as it should be."""
    try:
        rows = _play(lines=lines, seed=seed)
    except UNEXPECTED as unexpected:
        sys.stderr.write(f"mka1-emulator: the demo ended early: {unexpected}\n")
        sys.exit(1)
    if as_json:
        print_json(rows, seed=seed)
    else:
        print_tables(rows)


def _play(*, lines: int, seed: int) -> list[BatchRow]:
    with (
        running(Settings(port=0, clock="manual", seed=seed)) as server,
        HttpClient(follow_redirects=True, trust_env=False) as http,  # a proxy could not find this machine's loopback
        SDK(server_url=server.url, bearer_auth=KEY, client=http) as sdk,
        shown() as progress,
    ):
        client = Client(sdk, AdminClient(server.url, api_key=KEY), progress)
        played = [client.play(story) for story in stories(lines)]
        return read_back(client, played)
