"""What every world is given to work with. Handed in by whoever starts the engine; nothing here is global."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.engine.foresight import Foresight

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.contract.catalog import Contract
    from emulator.domain.limits import RateLimit
    from emulator.engine.store.interface import Store
    from emulator.scenarios.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`contract` gives the contract of an edition; `wall_us` tells the wall's time, in microseconds since the epoch.

    `foresight` remembers what was worked out ahead of its time; it changes nothing that can be seen.
    """

    store: Store
    library: Library
    contract: Callable[[str], Contract]
    wall_us: Callable[[], int]
    rate_limits: tuple[RateLimit, ...] = ()
    foresight: Foresight = field(default_factory=Foresight)
