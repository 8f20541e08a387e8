from __future__ import annotations

import pytest

from emulator.clients.catalog import command
from emulator.verify.catalog import ALL
from emulator.verify.check import Group
from emulator.verify.results import Verdict
from emulator.verify.running import Runner


@pytest.mark.parametrize("group", Group)
def test_reference_without_a_mistake_passes_every_check(server_url: str, group: Group) -> None:
    with Runner(command("httpx"), server_url) as runner:
        results = list(runner.run([check for check in ALL if check.group is group]))
    assert [result for result in results if result.verdict is not Verdict.PASS] == []
