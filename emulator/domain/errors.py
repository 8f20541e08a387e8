"""What can go wrong, as facts. This module knows no HTTP: one table at the web's edge turns these into replies."""

from __future__ import annotations

from dataclasses import dataclass


class EmulatorError(Exception):
    """The root of everything that a caller of the emulator can have done wrong, or asked in vain."""


@dataclass(eq=False)
class InvalidRequest(EmulatorError):
    """The request breaks the contract.

    `message` says what was expected and what came; `param` names the place (`metadata`, `limit`, …), if there is one.
    """

    message: str
    param: str | None = None

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class NotFound(EmulatorError):
    """Nothing of this kind has this id, for this tenant of this world."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"No {self.kind} found with id '{self.id}'."


@dataclass(eq=False)
class CancelRefused(EmulatorError):
    """A batch that has ended otherwise cannot be cancelled (contract section 5)."""

    status: str

    def __str__(self) -> str:
        return f"Cannot cancel a batch with status '{self.status}'."


@dataclass(eq=False)
class Unauthorized(EmulatorError):
    """No API key came, or one that opens no world."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class RateLimited(EmulatorError):
    """A window of the key's rate limits is used up."""

    limit: str

    def __str__(self) -> str:
        return f"Rate limit exceeded: {self.limit}."


@dataclass(eq=False)
class TooLarge(EmulatorError):
    """A body is larger than its limit, in bytes."""

    what: str
    limit: int

    def __str__(self) -> str:
        return f"{self.what} is too large: expected at most {self.limit:,} bytes."


@dataclass(eq=False)
class UnsupportedMediaType(EmulatorError):
    """A body came in a form that the operation does not read."""

    expected: str
    found: str

    def __str__(self) -> str:
        return f"Content-Type: expected {self.expected}, found {self.found}."


@dataclass(eq=False)
class MethodNotAllowed(EmulatorError):
    """The path is known, but not with this method; `allowed` are those it has."""

    method: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        return f"Method {self.method} is not allowed here: expected {' or '.join(self.allowed)}."


@dataclass(eq=False)
class TooManyWorlds(EmulatorError):
    """No further world can be made before one is deleted."""

    limit: int

    def __str__(self) -> str:
        return f"All {self.limit} worlds are in use: delete one, or start the server with a larger --max-worlds."


@dataclass(eq=False)
class NothingToCome(EmulatorError):
    """A batch that has ended cannot be moved on."""

    batch_id: str
    status: str

    def __str__(self) -> str:
        return f"Batch '{self.batch_id}' has ended with status '{self.status}': nothing is to come."
