"""A sound client and its driver, by somebody with a taste of his own: never tries twice, and refuses all that is odd.

It refuses arguments beyond their bounds, says its defaults aloud, sends an empty object with a cancel, shows the contract's
members and no others, takes a whole float for the integer that it is, and reads an error's body by the charset it names.
"""

from __future__ import annotations

import base64
import json
import sys
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

BATCH = (
    "id object endpoint errors input_file_id completion_window status output_file_id error_file_id created_at in_progress_at"
    " expires_at finalizing_at completed_at failed_at expired_at cancelling_at cancelled_at request_counts metadata"
    " max_concurrency"
)
FILE = "id object bytes created_at filename purpose status expires_at sha256"
PAGE = "object data first_id last_id has_more"
TEXTS = {"id", "object", "endpoint", "input_file_id", "completion_window", "filename", "purpose"}
NUMBERS = {"created_at", "bytes", "max_concurrency"}
NULLABLE_TEXTS = {"status", "output_file_id", "error_file_id", "sha256", "first_id", "last_id", "param"}
WORDS = {
    "endpoint": ("/v1/chat/completions", "/v1/embeddings", "/v1/images/generations", "/v1/responses"),
    "purpose": ("assistants", "batch", "fine-tune", "vision", "user_data", "evals"),
    "order": ("asc", "desc"),
}
BOUNDS = {"max_concurrency": 64, "batches limit": 100, "files limit": 10_000}


class Failure(Exception):
    """All that a call may end in."""

    def __init__(self, message: str, status: int | None = None, body: str | None = None) -> None:
        super().__init__(message)
        self.status, self.body = status, body


def check(is_good: bool, what: str) -> None:
    if not is_good:
        raise Failure(f"not good: {what}")


class Client:
    def __init__(self, base_url: str, api_key: str, on_behalf_of: str | None, timeout_s: float, **_: Any) -> None:
        self.address, self.timeout_s = urlsplit(base_url).netloc, timeout_s
        self.headers = {"Authorization": f"Bearer {api_key}"}
        if on_behalf_of is not None:
            good = 0 < len(on_behalf_of) <= 150 and on_behalf_of.isascii() and on_behalf_of.isprintable()
            check(good and on_behalf_of not in {"*", " "} and on_behalf_of == on_behalf_of.strip(), "on_behalf_of")
            self.headers["X-On-Behalf-Of"] = on_behalf_of

    def send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> tuple[Any, bytes]:
        headers = self.headers if body is None else {**self.headers, "Content-Type": kind}
        connection = HTTPConnection(self.address, timeout=self.timeout_s)
        try:
            connection.request(method, "/api/v1/llm" + path, body, headers)
            reply = connection.getresponse()
            check(reply.length is not None or reply.status != 200, "a reply without a length")
            data = reply.read()
        except (OSError, HTTPException, ValueError) as error:
            raise Failure(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        if reply.status != 200:
            raise Failure(f"status {reply.status}", reply.status, decoded(data, reply.headers.get_content_charset()))
        check(reply.headers.get("Content-Encoding") is None, "an encoding that nobody asked for")
        return reply, data

    def ask(self, names: str, *request: Any) -> Any:
        reply, data = self.send(*request)
        check(reply.headers.get_content_type() == "application/json", "a reply that is no JSON")
        check((reply.headers.get_content_charset() or "utf-8") == "utf-8", "a charset that is not JSON's")
        return shaped(names, parsed(data))

    def create(self, **new: Any) -> Any:
        return self.ask(BATCH, "POST", "/batches", json.dumps({**new, "completion_window": "24h"}).encode())

    def batches(self, **query: Any) -> Any:
        return self.ask(PAGE, "GET", f"/batches?{urlencode({'limit': 20, **query})}")

    def batch(self, batch_id: str) -> Any:
        return self.ask(BATCH, "GET", f"/batches/{segment(batch_id)}")

    def cancel(self, batch_id: str) -> Any:
        return self.ask(BATCH, "POST", f"/batches/{segment(batch_id)}/cancel", b"{}")

    def upload(self, filename: str, content: str, purpose: str) -> Any:
        part = '--xXx\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'.format
        name = filename.replace('"', "%22")
        body = part("file", f'; filename="{name}"').encode() + base64.b64decode(content)
        body += f"\r\n{part('purpose', '')}{purpose}\r\n--xXx--\r\n".encode()
        return self.ask(
            FILE, "POST", "/files", body.replace(b"xXx", b"b" * 60), "multipart/form-data; boundary=" + "b" * 60
        )

    def files(self, **query: Any) -> Any:
        return self.ask(PAGE, "GET", f"/files?{urlencode({'order': 'desc', 'limit': 10_000, **query})}")

    def file(self, file_id: str) -> Any:
        return self.ask(FILE, "GET", f"/files/{segment(file_id)}")

    def delete(self, file_id: str) -> Any:
        return self.ask("id object deleted", "DELETE", f"/files/{segment(file_id)}")

    def content(self, file_id: str) -> Any:
        return {"content": base64.b64encode(self.send("GET", f"/files/{segment(file_id)}/content")[1]).decode()}


def decoded(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def segment(given: str) -> str:
    check(given not in {"", ".", ".."}, "id")
    return quote(given, safe="")


def parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=members)
    except (ValueError, RecursionError) as error:
        raise Failure(f"no JSON: {error}") from error


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    check(len(dict(pairs)) == len(pairs), "a member twice")
    return dict(pairs)


def number(value: Any, what: str) -> int:
    check(isinstance(value, int | float) and not isinstance(value, bool), what)
    check(abs(value) < 2**53 and value == int(value), what)
    return int(value)


def shaped(names: str, value: Any) -> Any:
    """Return an object's known members, each of its type."""
    check(isinstance(value, dict), "no object")
    return {name: member(name, value, names) for name in names.split()}


def member(name: str, value: dict[str, Any], names: str) -> Any:
    found = value.get(name)
    if name in LISTS:
        return LISTS[name](found)
    if name in NUMBERS or (name.endswith("_at") and found is not None):
        return number(found, name)
    if name in TEXTS or (name == "status" and names == BATCH):
        check(isinstance(found, str), name)
    elif name in {"has_more", "deleted"}:
        check(isinstance(found, bool), name)
    elif name in NULLABLE_TEXTS:
        check(isinstance(found, str | None), name)
    return found


def items(found: Any) -> Any:
    check(isinstance(found, list), "data")
    return [shaped(BATCH if at and "request_counts" in at else FILE, at) for at in found]


def counts(found: Any) -> Any:
    check(isinstance(found, dict), "request_counts")
    return {each: number(found.get(each), each) for each in ("total", "completed", "failed")}


def metadata(found: Any) -> Any:
    check(isinstance(found, dict | None) and all(isinstance(text, str) for text in (found or {}).values()), "metadata")
    return found


def errors(found: Any) -> Any:
    if found is None:
        return None
    check(isinstance(found, dict) and isinstance(found.get("data"), list), "errors")
    lines = [each for each in found["data"] if isinstance(each, dict)]
    good = all(isinstance(each.get(name), str) for each in lines for name in ("code", "message"))
    check(good and len(lines) == len(found["data"]), "errors")
    for each in lines:
        check(isinstance(each.get("param"), str | None), "param")
        each["line"] = None if each.get("line") is None else number(each["line"], "line")
    return {"object": found.get("object"), "data": lines}


LISTS: dict[str, Any] = {"data": items, "request_counts": counts, "metadata": metadata, "errors": errors}
CALLS: dict[str, Any] = {
    "batches.create": Client.create,
    "batches.list": Client.batches,
    "batches.get": Client.batch,
    "batches.cancel": Client.cancel,
    "files.upload": Client.upload,
    "files.list": Client.files,
    "files.get": Client.file,
    "files.delete": Client.delete,
    "files.content": Client.content,
}


def bounded(call: str, args: dict[str, Any]) -> None:
    """Refuse what the contract forbids."""
    for name, words in WORDS.items():
        check(args.get(name, words[0]) in words, name)
    for name, most in BOUNDS.items():
        group, _, short = name.rpartition(" ")
        if short in args and call.startswith(group):
            check(args[short] is not None and 1 <= args[short] <= most, short)
    pairs = args.get("metadata") or {}
    check(len(pairs) <= 16 and all(len(key) <= 64 and len(text) <= 512 for key, text in pairs.items()), "metadata")


def answer(client: Client | None, call: str, args: dict[str, Any]) -> dict[str, Any]:
    try:
        bounded(call, args)
        return {"result": CALLS[call](client, **args)}
    except Failure as error:
        said = {"type": "Failure", "declared": True, "status": error.status, "body": error.body, "message": str(error)}
        return {"raised": said}


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    say({"driver": 1, "name": "strict-stranger", "version": "1", "language": "python"})
    client: Client | None = None
    for line in sys.stdin:
        request = json.loads(line)
        said: dict[str, Any]
        try:
            if request["call"] == "connect":
                client, said = Client(**request["args"]), {"result": {}}
            else:
                said = answer(client, request["call"], request["args"])
        except Failure as error:
            said = {
                "raised": {"type": "Failure", "declared": True, "status": None, "body": None, "message": str(error)}
            }
        say({"id": request["id"], **said})


if __name__ == "__main__":
    main()
