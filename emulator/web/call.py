"""One call of an operation of the API, as its handler sees it: who calls, with which parameters, and the body."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.contract.phrases import placed, shown
from emulator.contract.validation import Fault
from emulator.domain.errors import InvalidRequest, TooLarge, UnsupportedMediaType
from emulator.web.observing import observation
from emulator.web.reply import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.contract.catalog import Contract, Operation
    from emulator.engine.world import World
    from emulator.web.body import JsonBody
    from emulator.web.request import Request
    from emulator.web.showing import Showing


@dataclass(slots=True, kw_only=True)
class Call:
    """A request that was let in. `parameters` holds the declared ones, with their defaults, once they have been read.

    `scenario` is the one that it wants for the batch that it creates.
    """

    request: Request
    contract: Contract
    operation: Operation
    world: World
    tenant: str
    showing: Showing
    body: JsonBody
    scenario: str | None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def read_parameters(self) -> None:
        """Read the declared parameters. Raises InvalidRequest."""
        query = self.request.query
        values, faults = self.operation.read_parameters(query, self.request.headers)
        if query:
            faults = (*faults, *(_nul(name, value) for name, value in query if "\0" in name + value))
        self.refuse(faults)
        self.parameters = {**values, **self.request.path_params}

    async def json_body(self) -> dict[str, Any]:
        """Return the JSON body. Raises InvalidRequest, TooLarge, UnsupportedMediaType."""
        observed = observation(self.request)
        with self.reading():
            body, twice = await self.body.value()
        observed.notes += [f"duplicate key '{key}': the last one counts" for key in twice]
        self.refuse(self.operation.body_faults(JSON, body))
        return dict(body)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Note in the journal when the body cannot be read: that breaks the contract too."""
        try:
            yield
        except (InvalidRequest, TooLarge, UnsupportedMediaType) as error:
            observation(self.request).violations.append(asdict(_unreadable(error, self.operation.id)))
            raise

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Note in the journal where the request breaks the contract, and raise InvalidRequest if it does."""
        if faults:
            observation(self.request).violations += [asdict(fault) for fault in faults]
            raise invalid(faults[0])


def _nul(name: str, value: str) -> Fault:
    return Fault(placed("query", (name,)), "text without NUL characters", shown(value), "query")


def _unreadable(error: InvalidRequest | TooLarge | UnsupportedMediaType, operation: str) -> Fault:
    if isinstance(error, UnsupportedMediaType):
        return Fault("header.Content-Type", error.expected, error.found, operation)
    if isinstance(error, TooLarge):
        return Fault("body", f"at most {error.limit:,} bytes", "more", operation)
    place = f"body.{error.param}" if error.param else "body"
    return Fault(place, "a body that can be read", str(error), operation)


def invalid(fault: Fault) -> InvalidRequest:
    """Return the error that tells a client of a fault; `param` names the place without saying where in the request."""
    return InvalidRequest(fault.sentence(), fault.place.partition(".")[2] or None)
