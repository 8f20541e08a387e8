"""A client of the admin API: how the command line and the tests hold a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from emulator.connections import Connections

if TYPE_CHECKING:
    from emulator.connections import Reply


class AdminError(Exception):
    """The admin API refused a call; `status` is the reply's, the message its sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class AdminClient:
    """The admin API of one server, for one world: the one that `api_key` opens.

    Connections are kept between calls, until `close` or the end of the client's own life; threads may share it. Raises
    ValueError when `url` is no server's address.
    """

    def __init__(self, url: str, *, api_key: str | None = None, token: str | None = None) -> None:
        headers = {"Content-Type": "application/json"}
        if api_key is not None:
            headers["Authorization"] = f"Bearer {api_key}"
        if token is not None:
            headers["X-Emulator-Admin-Token"] = token
        self._connections = Connections(url, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept. A call after that makes a new one."""
        self._connections.close()

    def call(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """Make one call and return its JSON; a body that is text goes as it stands. Raises AdminError, OSError."""
        given = {name: value for name, value in query.items() if value is not None} if query else query
        target = f"/_emulator{path}?{urlencode(given)}" if given else f"/_emulator{path}"
        reply = self._connections.exchange(method, target, _written(body))
        value = _read(reply)
        if reply.status == 200 and value is not None:
            return value
        raise AdminError(reply.status, _sentence(value) or self._not_there(reply))

    def _not_there(self, reply: Reply) -> str:
        kind = reply.media_type or "no type"
        return f"{self._connections.url}: expected an emulator's admin API, found a reply {reply.status} of {kind}"

    def health(self) -> dict[str, Any]:
        """Return the server's version, edition and uptime in seconds."""
        return dict(self.call("GET", "/health"))

    def create_world(self, **options: object) -> dict[str, str]:
        """Make a world (`seed`, `clock`, `scenario`, `edition`) and return its `world` and `api_key`."""
        return dict(self.call("POST", "/worlds", options))

    def worlds(self) -> list[dict[str, Any]]:
        """Return all worlds of the server."""
        return list(self.call("GET", "/worlds")["data"])

    def delete_world(self, world: str) -> None:
        """Forget a world."""
        self.call("DELETE", f"/worlds/{quote(world, safe='')}")

    def clock(self) -> dict[str, Any]:
        """Return the world's `now`, in epoch seconds, and its mode."""
        return dict(self.call("GET", "/clock"))

    def advance(self, by: str | float) -> list[dict[str, Any]]:
        """Move the world's clock on by a duration, and return the events that fired."""
        return list(self.call("POST", "/clock/advance", {"by": by})["data"])

    def advance_to(self, epoch_s: float) -> list[dict[str, Any]]:
        """Move the world's clock to an instant, and return the events that fired."""
        return list(self.call("POST", "/clock/advance", {"to": epoch_s})["data"])

    def step(self, batch_id: str) -> list[dict[str, Any]]:
        """Move the world to the instant of this batch's next event, and return the events that fired."""
        return list(self.call("POST", f"/batches/{quote(batch_id, safe='')}/step")["data"])

    def reset(self) -> dict[str, Any]:
        """Make the world as new."""
        return dict(self.call("POST", "/reset"))

    def scenarios(self) -> list[dict[str, Any]]:
        """Return the scenarios that the world can choose from: name, title, kind, where seen."""
        return list(self.call("GET", "/scenarios")["data"])

    def put_scenario(self, name: str, text: str) -> dict[str, Any]:
        """Give the world a scenario of its own, in YAML or JSON."""
        return dict(self.call("PUT", f"/scenarios/{quote(name, safe='')}", text))

    def use(self, name: str) -> dict[str, Any]:
        """Let the world's batches follow a scenario, where nothing else is chosen."""
        return dict(self.call("PUT", "/scenario", {"name": name}))

    def rules(self) -> list[dict[str, Any]]:
        """Return the rules in force for the whole world, and how often each has matched and fired."""
        return list(self.call("GET", "/rules")["data"])

    def add_rule(self, rule: dict[str, Any] | str) -> str:
        """Put a rule in force, in YAML or as its members, and return the key under which it is counted."""
        return str(self.call("POST", "/rules", rule)["rule"])

    def delete_rules(self) -> None:
        """Take all rules that were added out of force."""
        self.call("DELETE", "/rules")

    def delete_rule(self, key: str) -> None:
        """Take one rule out of force."""
        self.call("DELETE", f"/rules/{quote(key, safe='')}")

    def add_lines(self, lines: list[dict[str, Any]]) -> None:
        """Let lines that are validated from now on come out like this: entries as under `lines` of a scenario."""
        self.call("POST", "/lines", {"lines": lines})

    def delete_lines(self) -> None:
        """Leave it to the scenarios again what comes of lines."""
        self.call("DELETE", "/lines")

    def requests(
        self, *, operation: str | None = None, status: int | None = None, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Return the journal of requests, newest last."""
        return list(self.call("GET", "/requests", operation=operation, status=status, limit=limit)["data"])

    def batches(self) -> list[dict[str, Any]]:
        """Return the world's batches, oldest first, each with what is still to come."""
        return list(self.call("GET", "/batches")["data"])

    def timeline(self, batch_id: str) -> dict[str, Any]:
        """Return what has happened to a batch and what is still to come."""
        return dict(self.call("GET", f"/batches/{quote(batch_id, safe='')}/timeline"))


def _written(body: object) -> bytes | None:
    if body is None:
        return None
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _read(reply: Reply) -> Any:
    """Return the JSON of a reply, or None when it holds none."""
    if reply.media_type != "application/json":
        return None
    try:
        return json.loads(reply.content)
    except ValueError:
        return None


def _sentence(value: Any) -> str | None:
    """Return what the API's envelope of an error says, if this is one."""
    error = value.get("error") if isinstance(value, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message if isinstance(message, str) else None
