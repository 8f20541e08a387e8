"""An application's way with batches, through the official SDK: what the tests of `Emulator` and of the fixture play."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from meetkai_mka1 import SDK

from support.worlds import CHAT, good_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator

BAD_BATCH: Final[dict[str, Any]] = {"input_file_id": "file_x", "endpoint": "/v1/nothing", "completion_window": "24h"}
"""A createBatch that breaks the contract."""


@contextmanager
def sdk_of(emulator: Emulator) -> Iterator[SDK]:
    with SDK(server_url=emulator.url, bearer_auth=emulator.api_key) as sdk:
        yield sdk


def submitted(emulator: Emulator, lines: int = 5, **more: Any) -> str:
    """Upload so many good lines, create their batch, and return its id."""
    with sdk_of(emulator) as sdk:
        file = sdk.llm.files.upload(file={"file_name": "in.jsonl", "content": good_input(lines)}, purpose="batch")
        return sdk.llm.batches.create(input_file_id=file.id, endpoint=CHAT, **more).id


def results(emulator: Emulator, file_id: object) -> dict[str, Any]:
    """Return the rows of a result file by custom_id; there are none where there is no file."""
    if not isinstance(file_id, str):
        return {}
    with sdk_of(emulator) as sdk:
        rows = map(json.loads, sdk.llm.files.content(file_id=file_id).read().splitlines())
        return {row["custom_id"]: row for row in rows}


def contents(emulator: Emulator, file_id: object) -> dict[str, str]:
    """Return what the model answered to each line of a result file."""
    found = results(emulator, file_id)
    return {name: row["response"]["body"]["choices"][0]["message"]["content"] for name, row in found.items()}
