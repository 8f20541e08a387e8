"""Proving scenarios: each is played with every sample, a world a run, on one server."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from emulator.contract.catalog import Contract, load
from emulator.contract.editions import NEWEST
from emulator.domain.errors import EmulatorError
from emulator.proving.caller import Caller, Standard, Stuck
from emulator.proving.notebook import Notebook
from emulator.proving.patience import Patience
from emulator.proving.reference import Reference
from emulator.proving.run import play
from emulator.proving.samples import samples
from emulator.proving.verdict import Verdict, verdict
from emulator.proving.watching import Stage
from emulator.proving.wire import Request, Wire
from emulator.proving.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emulator.domain.scenario import Scenario
    from emulator.proving.notebook import Sighting
    from emulator.proving.samples import Sample

AT_ONCE: Final = 4
"""Runs that go on at the same time: most of them compute, but some wait."""


class Refused(EmulatorError):
    """The server does not take the scenario; the message is its sentence."""


class Prover:
    """Proves scenarios on the server at this address, whose clocks and edition are what the world asks for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._address = urlsplit(url).netloc
        self._contract = cache(load)
        self._reference = Reference(url, self._contract(NEWEST))

    def prove(self, scenario: Scenario, tried: Sequence[Sample] = ()) -> Verdict:
        """Play a scenario with these samples, or else with all, and judge it. The server gets it by its text.

        Raises Refused.
        """
        self._give(scenario)
        contract = self._contract(scenario.edition or NEWEST)
        tried = tried or samples(contract.endpoints)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            seen = list(pool.map(lambda sample: self._run(scenario, contract, sample), tried))
        return verdict(scenario, (sighting for run in seen for sighting in run), runs=len(tried))

    def _give(self, scenario: Scenario) -> None:
        """Add the scenario to the server's library. Raises Refused."""
        wire = Wire(self._address)
        target = f"/_emulator/scenarios/{scenario.name}"
        reply = wire.exchange(Request("PUT", target, {"Content-Type": "application/yaml"}, scenario.text.encode()))
        wire.close()
        if reply.status != 200:
            raise Refused(json.loads(reply.body)["error"]["message"])

    def _run(self, scenario: Scenario, contract: Contract, sample: Sample) -> Iterable[Sighting]:
        world = World(self._url, scenario=scenario.name)
        notebook = Notebook(sample.name, world.elapsed_s)
        patience = Patience(Wire(self._address), world)
        standard = Standard(
            contract=contract,
            newest=self._contract(NEWEST),
            forgives_loss=scenario.kind == "legal" or "lost-reply" in scenario.tolerates,
        )
        caller = Caller(world, patience, notebook, standard)
        try:
            play(
                Stage(
                    sample=sample,
                    world=world,
                    caller=caller,
                    contract=contract,
                    reference=self._reference,
                    notebook=notebook,
                )
            )
        except Stuck:
            pass
        finally:
            patience.close()
            world.delete()
        return notebook.sightings.values()
