from __future__ import annotations

from importlib.util import find_spec

import pytest
from support.applications import ALONE, AMONG_OTHERS

pytest_plugins = ["pytester"]

CYCLE = """
import json
import pytest
from openai import AsyncOpenAI, OpenAI

LINE = {"custom_id": "row-1", "method": "POST", "url": "/v1/embeddings", "body": {"model": "e", "input": "a"}}

def new(client):
    file = client.files.create(file=("in.jsonl", json.dumps(LINE).encode()), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h")
"""
SYNC = """
@pytest.mark.parametrize("number", range(4))
def test_sync(batch_emulator, number):
    with OpenAI(base_url=batch_emulator.openai_url, api_key=batch_emulator.api_key) as client:
        batch = new(client)
        assert [each.id for each in client.batches.list()] == [batch.id]
        batch_emulator.advance("2h")
        batch = client.batches.retrieve(batch.id)
        assert json.loads(client.files.content(batch.output_file_id).content)["custom_id"] == "row-1"
"""
ASYNC = """
@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(2))
async def test_async(batch_emulator, number):
    async with AsyncOpenAI(base_url=batch_emulator.openai_url, api_key=batch_emulator.api_key) as client:
        assert [each async for each in client.batches.list()] == []
        batch_emulator.rule(on={"operation": "listBatches"}, delay={"by": "10m", "clock": "world"})
        held = asyncio.ensure_future(client.batches.list().__aiter__().__anext__())
        while not batch_emulator.admin.rules()[0]["fired"]:
            await asyncio.sleep(0)
        batch_emulator.advance("10m")
        with pytest.raises(StopAsyncIteration):
            await held
"""
LOADED = """
def test_empty():
    pass

def test_nothing_is_loaded():
    import sys
    assert "emulator.pytest_plugin" in sys.modules
    heavy = {"emulator.embedded", "emulator.server", "hypothesis", "pydantic", "starlette", "uvicorn", "http.client"}
    assert heavy & set(sys.modules) == set()
    assert [name for name in sys.modules if name.startswith("emulator.")] == ["emulator.pytest_plugin"]
"""
HYPOTHESIS = """
def test_hypothesis_is_never_loaded(batch_emulator):
    import sys
    batch_emulator.use({"rules": [{"truncate": 1}]})
    assert "hypothesis" not in sys.modules
"""


@pytest.mark.thorough
def test_workers_of_xdist_have_a_server_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CYCLE + SYNC)
    result = pytester.runpytest_subprocess(*AMONG_OTHERS, "-n2", "--dist=load")
    result.assert_outcomes(passed=4)


def test_tests_under_asyncio_get_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import asyncio\n" + CYCLE + ASYNC)
    pytester.runpytest_inprocess(*AMONG_OTHERS, "--asyncio-mode=strict").assert_outcomes(passed=2)


@pytest.mark.skipif(not find_spec("pytest_randomly"), reason="pytest-randomly is not installed")
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_seeds_of_randomly_change_nothing(pytester: pytest.Pytester, seed: int) -> None:
    pytester.makepyfile(
        f"""{CYCLE}{SYNC}
import random

ids = set()

@pytest.mark.parametrize("number", range(3))
def test_ids_are_the_seeds(batch_emulator, number):
    random.seed(number)
    with OpenAI(base_url=batch_emulator.openai_url, api_key=batch_emulator.api_key) as client:
        ids.add(new(client).id)
    assert len(ids) == 1
"""
    )
    result = pytester.runpytest_subprocess(*ALONE, "-p", "randomly", f"--randomly-seed={seed}")
    result.assert_outcomes(passed=7)


def test_session_that_does_not_use_it_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(LOADED)
    pytester.runpytest_subprocess(*ALONE).assert_outcomes(passed=2)


def test_session_that_uses_it_never_loads_hypothesis(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HYPOTHESIS)
    pytester.runpytest_subprocess(*ALONE).assert_outcomes(passed=1)
