"""Whether a client says what its caller said: one argument of one call, and where it must stand in the request.

What the contract takes must be sent as given. What it forbids may be refused with a declared error or sent as given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Raised
from emulator.faces.arranging import CHAT
from emulator.faces.values import is_same, shown
from emulator.verify.check import Failed
from emulator.verify.stage import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.faces.journal import Sent
    from emulator.verify.stage import Stage

ABSENT: Final = object()
"""What is not in a request at all."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as drivers know it, and its operation in the contract."""

    name: str
    operation: str


CREATE: Final = Call("batches.create", "createBatch")
LIST: Final = Call("batches.list", "listBatches")
GET: Final = Call("batches.get", "getBatch")
CANCEL: Final = Call("batches.cancel", "cancelBatch")
UPLOAD: Final = Call("files.upload", "uploadFile")
FILES: Final = Call("files.list", "listFiles")
FILE: Final = Call("files.get", "getFile")
DELETE: Final = Call("files.delete", "deleteFile")
CONTENT: Final = Call("files.content", "getFileContent")


def sent(stage: Stage, call: Call, args: Mapping[str, Any], *, may_refuse: bool = False) -> Sent | None:
    """Let the client make a call and return the request it sent; None if it refused to, which it may if the contract does.

    Raises Failed when there is no request, when there are several, or when the call ended in an undeclared error.
    """
    outcome = stage.call(call.name, **args)
    told(outcome, call.name, args)
    if isinstance(outcome, Raised) and not outcome.declared:
        raise Failed(
            at=call.name, expected="a result, or an error that the SDK documents", got=told(outcome, call.name, args)
        )
    if isinstance(outcome, Raised) and outcome.status is None and not stage.journal():
        if may_refuse:
            return None
        raise Failed(at=call.name, expected="a request", got=f"none, but {told(outcome, call.name, args)}")
    return stage.sent(call.operation)


def needed(stage: Stage, call: Call) -> dict[str, Any]:
    """Return the arguments that a call cannot do without."""
    return {"input_file_id": stage.arrange.file()["id"], "endpoint": CHAT} if call is CREATE else {}


def keeps_the_contract(request: Sent) -> None:
    """Raise Failed for the first place at which a request breaks the contract."""
    for fault in request.violations:
        raise Failed(at=fault["place"], expected=fault["expected"], got=fault["found"])


def in_body(name: str) -> Callable[[Sent], Any]:
    """Return what reads a member of a request's JSON."""
    return lambda request: request.json.get(name, ABSENT) if isinstance(request.json, dict) else request.json


def in_query(name: str) -> Callable[[Sent], Any]:
    """Return what reads a parameter of a request's query, as text; a list if it came more than once."""

    def read(request: Sent) -> Any:
        values = request.query.get(name, [])
        return values[0] if len(values) == 1 else values or ABSENT

    return read


def is_one_of(found: Any, *, at: str, accepted: tuple[Any, ...]) -> None:
    """Raise Failed unless what was found in a request is one of the values that are accepted there."""
    if not any(found is each or is_same(each, found) for each in accepted):
        raise Failed(at=at, expected=" or ".join(map(_worded, accepted)), got=_worded(found))


def _worded(value: Any) -> str:
    return "nothing" if value is ABSENT else shown(value)
