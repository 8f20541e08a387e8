"""A sound client and its driver, by somebody with another taste: patient, and shows whatever there is.

It sends what it is given, tries ten times with ten seconds between, and waits as long as Retry-After says, for half a minute
at most and two in all. It takes any 2xx and any JSON, shows all members there are, the first of those that come twice, and
keeps an error's body as the JSON that it is, if it is. Only a create, an upload and a delete that may have taken effect are
not tried again.
"""

from __future__ import annotations

import base64
import json
import sys
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

AGAIN = {408, 409, 425, 429, 500, 502, 503, 504}
MOST_S = 120
SLEEPS: list[float] = []
JSON = "application/json"


class Trouble(Exception):
    def __init__(self, message: str, status: int | None = None, body: str | None = None) -> None:
        super().__init__(message)
        self.status, self.body = status, body


class Lost(Trouble):
    """The connection, or a part of the reply."""


class Client:
    def __init__(
        self, base_url: str, api_key: str, on_behalf_of: str | None, retries: str, timeout_s: float, **_: Any
    ) -> None:
        self.address, self.timeout_s, self.tries = urlsplit(base_url).netloc, timeout_s, 1 if retries == "off" else 11
        self.headers = {"authorization": f"Bearer {api_key}", "accept": JSON}
        if on_behalf_of is not None:
            self.headers["x-on-behalf-of"] = on_behalf_of

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = JSON, *, once: bool = False) -> bytes:
        for attempt in range(1, self.tries + 1):
            is_last = attempt == self.tries
            try:
                status, headers, data = self.exchange(method, path, body, kind)
            except Lost:
                if is_last or once:
                    raise
                SLEEPS.append(10.0)
                continue
            if 200 <= status < 300:
                return data
            if is_last or status not in ({429} if once else AGAIN):
                break
            pause_s = max(10.0, min(30.0, asked(headers.get("retry-after", ""))))
            if sum(SLEEPS) + pause_s > MOST_S:
                break
            SLEEPS.append(pause_s)
        raise Trouble(f"the server said {status}", status, as_json(data))

    def exchange(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, Any, bytes]:
        connection = HTTPConnection(self.address, timeout=self.timeout_s)
        try:
            headers = self.headers if body is None else {**self.headers, "content-type": kind}
            connection.request(method, f"/api/v1/llm{path}", body, headers)
            reply = connection.getresponse()
            if reply.length is None and not reply.getheader("transfer-encoding"):
                raise Lost("the reply does not say how long it is")
            return reply.status, reply.headers, reply.read()
        except (OSError, HTTPException) as error:
            raise Lost(f"the connection: {error!r}") from error
        except ValueError as error:
            raise Trouble(f"this cannot be sent: {error}") from error
        finally:
            connection.close()

    def ask(self, method: str, path: str, *body: Any, once: bool = False) -> Any:
        data = self.send(method, path, *body, once=once)
        try:
            return json.loads(
                data.decode("utf-8"), object_pairs_hook=first_of_each, parse_constant=no_number, parse_float=fits
            )
        except (ValueError, RecursionError) as error:
            raise Trouble(f"the reply is no JSON: {error}") from error

    def create(self, **new: Any) -> Any:
        said = {"metadata": None, "max_concurrency": 8, **new, "completion_window": "24h"}
        return self.ask("POST", "/batches", json.dumps(said, ensure_ascii=False).encode(), once=True)

    def upload(self, filename: str, content: str, purpose: str) -> Any:
        name = filename.replace("\\", "\\\\").replace('"', '\\"')
        head = f'------x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n--'
        head += f'----x\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\ncontent-type: text/plain\r\n\r\n'
        body = head.encode() + base64.b64decode(content) + b"\r\n------x--\r\n"
        while body.count(b"----x") > 3:
            body = body.replace(b"----x", b"----y")
        kind = "multipart/form-data; boundary=----" + ("x" if b"------x--" in body else "y")
        return self.ask("POST", "/files", body, kind, once=True)

    def content(self, file_id: str) -> Any:
        return {"content": base64.b64encode(self.send("GET", f"/files/{quote(file_id, '')}/content")).decode()}


def asked(header: str) -> float:
    """Return how many seconds Retry-After asks for, of the server's own time of 2024 or so: a date is long past, or far off."""
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        return 30.0 if parsedate_to_datetime(header).year > 2024 else 0.0
    except (ValueError, TypeError, IndexError):
        return 0.0


def as_json(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text))
    except (ValueError, RecursionError):
        return text


def first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def fits(digits: str) -> float:
    found = float(digits)
    return no_number(digits) if found in {float("inf"), float("-inf")} else found


def listed(path: str, query: dict[str, Any]) -> str:
    return f"/{path}?{urlencode(query, quote_via=quote)}" if query else f"/{path}"


CALLS: dict[str, Any] = {
    "batches.create": Client.create,
    "batches.list": lambda client, **query: client.ask("GET", listed("batches", query)),
    "batches.get": lambda client, batch_id: client.ask("GET", f"/batches/{quote(batch_id, '')}"),
    "batches.cancel": lambda client, batch_id: client.ask("POST", f"/batches/{quote(batch_id, '')}/cancel"),
    "files.upload": Client.upload,
    "files.list": lambda client, **query: client.ask("GET", listed("files", query)),
    "files.get": lambda client, file_id: client.ask("GET", f"/files/{quote(file_id, '')}"),
    "files.delete": lambda client, file_id: client.ask("DELETE", f"/files/{quote(file_id, '')}", once=True),
    "files.content": Client.content,
}


def answer(client: Client | None, call: str, args: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": CALLS[call](client, **args)}
    except Trouble as error:
        said = {"type": type(error).__name__, "declared": True, "status": error.status, "body": error.body}
        return {"raised": {**said, "message": str(error)}}


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    say({"driver": 1, "name": "patient-stranger", "version": "1", "language": "python"})
    client: Client | None = None
    said: dict[str, Any]
    for line in sys.stdin:
        request = json.loads(line)
        if request["call"] == "connect":
            client, said = Client(**request["args"]), {"result": {}}
        else:
            said = answer(client, request["call"], request["args"])
        say({"id": request["id"], **said, "sleeps": SLEEPS})
        SLEEPS.clear()


if __name__ == "__main__":
    main()
