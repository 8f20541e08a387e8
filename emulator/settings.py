"""What a server is started with. Read from options and environment at the edge alone; everybody else is handed this."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.domain.limits import RateLimit


class SettingsError(Exception):
    """These settings contradict each other; the message says how, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of `mka1-emulator serve`, with their defaults; `port` 0 takes a free one.

    `scenarios` are folders whose files join the library; of two scenarios of one name that in the later folder counts.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    clock: str = "x360"
    scenario: str = "happy-path"
    scenarios: tuple[Path, ...] = ()
    seed: int = 0
    edition: str = "0.12.114"
    api_keys: tuple[str, ...] = ()
    admin_token: str | None = None
    rate_limits: tuple[RateLimit, ...] = ()
    cors: tuple[str, ...] = ()
    max_worlds: int = 1000
    validate_replies: bool = True

    def __post_init__(self) -> None:
        if not is_loopback(self.host) and not (self.api_keys and self.admin_token):
            raise SettingsError(
                f"--host {self.host} can be reached from other machines: "
                "expected --api-key and --admin-token with it, or a loopback address such as 127.0.0.1"
            )


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach this host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
