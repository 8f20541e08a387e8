from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.http import Api, part
from support.processes import MAIN, serving_process

import emulator
from emulator import resources
from emulator.contract.derive import write

if TYPE_CHECKING:
    from collections.abc import Sequence

FAULT = (
    "uploadFile broke the contract with its 200, schema File: "
    'reply.status: expected "uploaded" or "error", found "processed".'
)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the program and change its contract, so that what it says of files is wrong."""
    root = tmp_path_factory.mktemp("broken")
    package = Path(emulator.__file__).parent
    shutil.copytree(package, root / "emulator", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("schemas", "scenarios"):
        shutil.copytree(resources.folder(name), root / name)
    (root / "pyproject.toml").touch()
    contract = root / "schemas" / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    assert "enum: [uploaded, processed, error]" in text
    changed = text.replace("enum: [uploaded, processed, error]", "enum: [uploaded, error]")
    contract.write_text(changed.replace("status: processed", "status: uploaded"), encoding="utf-8")
    write(root / "schemas")
    return root


def upload(broken: Path, options: Sequence[str]) -> tuple[int, dict[str, object], str]:
    """Return status and JSON of an upload to the broken server, and its log."""
    program = f"import sys; sys.path.insert(0, {str(broken)!r}); {MAIN}"
    with serving_process("--clock", "manual", *options, program=program) as server:
        api = Api(server.url, "mk-1")
        reply = api.send_form(part("file", b"{}", "a.jsonl"), part("purpose", "batch"))
        assert api("GET", "/batches").status == 200
        return reply.status, reply.json, server.stop().stderr


def test_reply_that_breaks_the_contract_becomes_a_logged_500(broken: Path) -> None:
    status, shown, log = upload(broken, [])
    assert status == 500
    assert shown == {"error": {"message": FAULT, "type": "server_error", "code": 500, "param": None}}
    assert FAULT in log


def test_unchecked_reply_leaves_as_it_is(broken: Path) -> None:
    status, shown, log = upload(broken, ["--no-validate-replies"])
    assert (status, shown["status"], log) == (200, "processed", "")
