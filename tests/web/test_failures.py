from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from support.http import API, Api, request
from support.servers import hosted

from emulator.contract.catalog import Contract, load
from emulator.engine.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class FullStore(MemoryStore):
    """A store that has no more room once it is told so."""

    is_full = False

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as work:
            if self.is_full and work.all_batches(next(iter(self._states))):
                raise OSError("no space left")
            yield work


@cache
def older_replies(edition: str) -> Contract:
    """Return a contract whose replies are described as they were before files had hashes."""
    return replace(load(edition), operations=load("0.12.91").operations)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as an error, and expect no more of it."""
    messages = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    caplog.clear()
    return messages


def test_reply_that_breaks_the_contract_is_named_by_operation_place_and_schema(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with hosted(contract=older_replies) as url:
        api = Api(url, "mk-1")
        reply = api("GET", "/files")
        assert reply.ok()["data"] == []
        message = api.send_upload().error(500)["message"]
        listed = api("GET", "/files").error(500)["message"]
        assert api("GET", "/batches").ok()["data"] == []
    assert message.startswith("uploadFile broke the contract with its 200, schema File: reply.sha256: expected no such")
    assert listed.startswith("listFiles broke the contract with its 200, schema FileList: reply.data[0].sha256: ")
    assert logged(caplog) == [message, listed]


def test_reply_that_breaks_the_contract_leaves_when_nobody_checks() -> None:
    with hosted(contract=older_replies, validate_replies=False) as url:
        assert "sha256" in Api(url, "mk-1").upload()


def test_failure_inside_is_a_logged_500_and_the_server_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    store = FullStore()
    with hosted(store=store) as url:
        api = Api(url, "mk-1")
        batch = api.create()
        assert request(url, "GET", "/_emulator/health").ok()["status"] == "ok"  # by now the batch is in the journal
        store.is_full = True
        for method, path in [("GET", "/files"), ("POST", f"/batches/{batch['id']}/cancel")]:
            error = api(method, path).error(500)
            assert error["type"] == "server_error"
            assert "no space left" not in error["message"]
        headers = {"Authorization": "Bearer mk-1"}
        admin = request(url, "GET", "/_emulator/clock", None, headers).error(500)
        assert admin["message"] == "The admin API failed inside the emulator: its log says where."
        store.is_full = False
        assert request(url, "GET", f"{API}/batches/{batch['id']}", None, headers).ok() == batch
    assert len(logged(caplog)) == 3
