"""Whether a call is tried again, and when.

The policy, at most four attempts a call:

- Whatever the operation, a 429 is tried again: the gateway turned the request away before anything happened.
- What reads, and the cancelling of a batch, which changes nothing the second time, is also tried again after 408, 425,
  500, 502, 503 and 504, and when the connection could not be made or was reset. A create, an upload or a delete is not:
  it may have taken effect, and there is no key by which the server would know the second for the first.
- What waited in vain, until a time-out, is not tried again: whoever waited that long is to hear of it. Neither is what
  got a reply that ends too early or is no HTTP: somebody has answered, if badly.
- The pauses are 0.5, 1 and 2 seconds, or what `Retry-After` asks for if that is longer. If it asks for more than 30
  seconds, the call ends in its error. What cannot be read in that header is as if it were not there.

Nothing is left to chance. It must not know how a request is sent, nor how anybody sleeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULT: Final = 0
"""Stands among statuses for a connection that failed: there is none then."""
TURNED_AWAY: Final = frozenset({429})
"""After these, any call may be tried again."""
PASSING: Final = frozenset({FAULT, 408, 425, 429, 500, 502, 503, 504})
"""After these, a call that may be made twice is tried again."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried, and how long the pauses are, in seconds."""

    max_attempts: int = 4
    first_pause_s: float = 0.5
    longer_by: float = 2.0
    longest_retry_after_s: float = 30.0

    def pause_s(self, attempt: int, asked_s: float | None) -> float | None:
        """Return the seconds until the next attempt, or None for none, after so many and what the server asked for."""
        if attempt >= self.max_attempts:
            return None
        own = self.first_pause_s * self.longer_by ** (attempt - 1)
        if asked_s is None:
            return own
        if asked_s > self.longest_retry_after_s:
            return None
        return max(own, asked_s)


ONCE: Final = RetryPolicy(max_attempts=1)
"""Each call is tried once."""


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that `Retry-After` asks for, or None if it does not, or not in a form that can be read.

    A date is taken by the server's own clock, which `Date` tells, or else by `now`, in epoch seconds.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    until = _epoch_s(asked)
    if until is None:
        return None
    its_now = _epoch_s(headers.get("date", ""))
    return max(0.0, until - (now if its_now is None else its_now))


def _epoch_s(date: str) -> float | None:
    try:
        parsed = parsedate_to_datetime(date)
        return _with_zone(parsed).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _with_zone(parsed: datetime) -> datetime:
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
