"""Ids, derived from a world's seed and a counter: the same seed and the same calls give the same ids."""

from __future__ import annotations

from hashlib import sha256


def _hex(seed: int, kind: str, number: int) -> str:
    return sha256(f"{seed}/{kind}/{number}".encode()).hexdigest()[:32]


def batch_id(seed: int, number: int) -> str:
    """Return the id of the world's batch with this number."""
    return f"batch_{_hex(seed, 'batch', number)}"


def file_id(seed: int, number: int) -> str:
    """Return the id of the world's file with this number (contract section 7: `file_` and 32 hex digits)."""
    return f"file_{_hex(seed, 'file', number)}"


def request_id(seed: int, number: int) -> str:
    """Return the `X-Request-Id` of the world's request with this number."""
    return f"req_{_hex(seed, 'request', number)}"


def line_id(seed: int, batch: str, index: int) -> str:
    """Return the id of the result line that answers the line with this index of this batch."""
    return f"response_{_hex(seed, f'{batch}/line', index)}"


def line_request_id(seed: int, batch: str, index: int) -> str:
    """Return the request id in the response to the line with this index of this batch."""
    return f"req_{_hex(seed, f'{batch}/request', index)}"
