from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.applications import AMONG_OTHERS

import emulator.scenarios.loader  # noqa: F401 - pytester would load it anew for each run, which a parser in C does not bear

if TYPE_CHECKING:
    from collections.abc import Callable

SUPPORT = """\
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def call(emulator, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {emulator.api_key}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(emulator.openai_url + path, data, headers, method=method), timeout=30) as reply:
            return reply.status
    except HTTPError as error:
        with error:
            return error.code


def get(emulator):
    return call(emulator, "GET", "/batches/batch_x")


def create(emulator, endpoint="/v1/chat/completions"):
    body = {"input_file_id": "file_x", "endpoint": endpoint, "completion_window": "24h"}
    return call(emulator, "POST", "/batches", body)


def break_contract(emulator):
    return create(emulator, "/v1/nothing")
"""
"""What tests of an application use besides the fixture: calls that no SDK would make, on nothing but Python."""


@pytest.fixture(autouse=True)
def no_options_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Give a function that runs these tests of an application, in this process, warnings being errors."""
    pytester.makepyfile(calls=SUPPORT)
    pytester.syspathinsert()

    def run(tests: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_app=f"import pytest\nfrom calls import break_contract, create, get\n\n{tests}")
        return pytester.runpytest_inprocess(*AMONG_OTHERS, *options)

    return run
