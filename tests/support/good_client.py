"""A client as it should be: what a program does on top of the SDK so that it comes to the right end, whatever happens.

It waits by moving the world's clock. What it found in the end is a Summary, in which nothing is passed over in silence.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast

import httpx
from meetkai_mka1 import SDK, errors, models
from meetkai_mka1.utils import BackoffStrategy, RetryConfig

from emulator.verify.endings import Ending
from emulator.verify.sorting import Sorted
from support.worlds import jsonl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from support.worlds import TestWorld

Value = TypeVar("Value")
DECLARED: Final = (errors.SDKError, errors.NoResponseError, httpx.RequestError)
"""What the SDK says that its calls may end in."""
ENDS: Final = frozenset({"completed", "failed", "cancelled", "expired"})
WAITS_S: Final = (30, 60, 120, 240, 480)
"""How long it waits before it repeats a call that failed, each time; then it gives up."""
LOOKS: Final = 5
"""How often it looks again for what should be there."""
NO_RETRIES: Final = RetryConfig("none", BackoffStrategy(1, 1, 1, 1), retry_connection_errors=False)
QUICK_RETRIES: Final = RetryConfig("backoff", BackoffStrategy(5, 20, 1.5, 5000, 0), retry_connection_errors=True)
"""As the SDK does by default, only sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Ending):
    """What came of a batch, how many `twins` of it were cancelled, and the calls that failed on the way, in order."""

    twins: int = 0
    errors: tuple[str, ...] = ()


@dataclass
class Seen:
    """What a client has come across so far; `batches` is what each poll showed."""

    batches: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)


class GoodClient:
    """One program, with one SDK, in one world."""

    def __init__(
        self,
        world: TestWorld,
        *,
        retries: RetryConfig = NO_RETRIES,
        timeout_ms: int = 5000,
        deadline_s: int = 25 * 3600,
    ) -> None:
        self.seen = Seen()
        self._deadline_s = deadline_s
        self._world = world
        self.sdk = SDK(server_url=world.url, bearer_auth=world.api_key, retry_config=retries, timeout_ms=timeout_ms)
        self._tags = count(1)
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        self._closing.enter_context(self.sdk)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    # A batch, from its lines to its results

    def run(
        self, lines: Sequence[dict[str, Any]], *, cancel_after: str | None = None, scenario: str | None = None
    ) -> Summary:
        """Submit lines, see them through, and tell what came of each."""
        batch = self.submit(lines, scenario=scenario)
        if cancel_after is not None:
            self._world.admin.advance(cancel_after)
            self.cancel(batch["id"])
        last = self.wait(batch["id"])
        return self._summed_up(last, [line["custom_id"] for line in lines])

    def submit(self, lines: Sequence[dict[str, Any]], *, scenario: str | None = None) -> dict[str, Any]:
        """Upload lines and create their batch, exactly one of it."""
        if not lines:
            raise ValueError("there is nothing to submit")
        file = models.UploadFileFile(file_name="input.jsonl", content=jsonl(lines))
        uploaded = self._repeated("uploadFile", lambda: _shown(self.sdk.llm.files.upload(file=file, purpose="batch")))
        tag = f"job-{next(self._tags)}"
        batch = self._created(uploaded["id"], tag, scenario)
        for twin in self._tagged(tag):
            if twin["id"] != batch["id"]:
                self.seen.twins.append(twin["id"])
                self.cancel(twin["id"])
        return batch

    def _created(self, file_id: str, tag: str, scenario: str | None) -> dict[str, Any]:
        def create() -> dict[str, Any]:
            if self.seen.errors and (found := self._tagged(tag)):
                return found[0]
            made = self.sdk.llm.batches.create(
                input_file_id=file_id,
                endpoint="/v1/chat/completions",
                metadata={"job": tag},
                http_headers={"X-Emulator-Scenario": scenario} if scenario else None,
            )
            return _shown(made)

        return self._repeated("createBatch", create)

    def _tagged(self, tag: str) -> list[dict[str, Any]]:
        return [batch for batch in self.batches() if (batch["metadata"] or {}).get("job") == tag]

    def batches(self, *, limit: int = 20) -> Iterator[dict[str, Any]]:
        """Yield all batches, each once, newest first."""
        known: set[str] = set()
        after: str | None = None
        while True:
            page = self._page(after, limit)
            new = [batch for batch in page["data"] if batch["id"] not in known]
            known |= {batch["id"] for batch in new}
            yield from new
            if not page["has_more"] or not new:
                return
            after = new[-1]["id"]

    def _page(self, after: str | None, limit: int) -> dict[str, Any]:
        return self._repeated("listBatches", lambda: _shown(self.sdk.llm.batches.list(after=after, limit=limit)))

    def get(self, batch_id: str) -> dict[str, Any]:
        """Return the batch as it is now."""
        batch = self._repeated("getBatch", lambda: _shown(self.sdk.llm.batches.get(batch_id=batch_id)))
        self.seen.batches.append(batch)
        return batch

    def cancel(self, batch_id: str) -> None:
        """Ask for a batch to be cancelled, until it is seen that this took effect or came too late."""
        for _ in range(LOOKS):
            try:
                self.sdk.llm.batches.cancel(batch_id=batch_id)
            except DECLARED as error:
                self.seen.errors.append(_told("cancelBatch", error))
                if self.get(batch_id)["status"] in {"cancelling", *ENDS}:
                    return
            else:
                return

    def wait(self, batch_id: str) -> dict[str, Any]:
        """Return the batch once it has ended, or as it is at the deadline: an unknown status is no end."""
        began = self._now()
        while (batch := self.get(batch_id))["status"] not in ENDS:
            waited = self._now() - began
            if waited >= self._deadline_s:
                return batch
            self._world.admin.advance("10m" if waited < 7200 else "1h")
        return self._with_files(batch)

    def _with_files(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return an ended batch with the ids of its files, if there is reason to think that it has some."""
        for _ in range(LOOKS):
            ran = batch["request_counts"]["total"] and batch["status"] not in {"failed", "cancelled"}
            if batch.get("output_file_id") or batch.get("error_file_id") or not ran:
                break
            self._world.admin.advance("10m")
            batch = self.get(batch["id"])
        return batch

    def _now(self) -> float:
        return float(self._world.admin.clock()["now"])

    # Results

    def _summed_up(self, batch: dict[str, Any], custom_ids: Sequence[str]) -> Summary:
        contents = {kind: self._content(batch.get(f"{kind}_file_id")) for kind in ("output", "error")}
        sorted_in = Sorted()
        for content in contents.values():
            sorted_in.read(content or b"")
        found = {*sorted_in.done, *sorted_in.failures, *sorted_in.expired}
        in_order = _by_input(custom_ids)
        return Summary(
            final=batch["status"] if batch["status"] in ENDS else None,
            done=in_order(sorted_in.done),
            incomplete=in_order(sorted_in.incomplete),
            failures=sorted_in.failures,
            expired=in_order(sorted_in.expired),
            missing=in_order(set(custom_ids) - found),
            unreadable=sorted_in.unreadable,
            lost_files=tuple(kind for kind, content in contents.items() if content is None),
            faults=tuple(_faults(batch)),
            twins=len(self.seen.twins),
            errors=tuple(self.seen.errors),
        )

    def _content(self, file_id: str | None) -> bytes | None:
        """Return a file's bytes, none of them where there is no file, or None when it cannot be had."""
        try:
            return self._repeated("getFileContent", lambda: self._downloaded(file_id)) if file_id else b""
        except DECLARED:
            return None

    def _downloaded(self, file_id: str) -> bytes:
        try:
            return self.sdk.llm.files.content(file_id=file_id).read()
        except errors.SDKError as error:
            if error.status_code != 200:
                raise
            self.seen.errors.append(_told("getFileContent", error))
            return error.body.encode()

    # Calls

    def _repeated(self, operation: str, call: Callable[[], Value]) -> Value:
        """Return what a call returns at last, waiting longer each time; raises its error when patience ends."""
        waits = iter(WAITS_S)
        while True:
            try:
                return call()
            except DECLARED as error:
                self.seen.errors.append(_told(operation, error))
                if (found := _legible(error)) is not None:
                    return cast("Value", found)
                if (wait_s := next(waits, None)) is None:
                    raise
            self._world.admin.advance(wait_s)


def _shown(model: Any) -> dict[str, Any]:
    """Return what the SDK returned, as it stands on the wire."""
    shown: dict[str, Any] = model.model_dump(by_alias=True, warnings=False)
    return shown


def _legible(error: Exception) -> Any:
    """Return what a reply of 200 says that the SDK refused, if it is a JSON object of the API all the same."""
    if not isinstance(error, errors.SDKError) or error.status_code != 200:
        return None
    try:
        found = json.loads(error.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and {"id", "data"} & found.keys() else None


def _told(operation: str, error: Exception) -> str:
    """Return an error that a call ended in, in words: a status, `unreadable`, `timeout` or `transport`."""
    if isinstance(error, errors.SDKError):
        return f"{operation} {'unreadable' if error.status_code == 200 else error.status_code}"
    return f"{operation} {'timeout' if isinstance(error, httpx.TimeoutException) else 'transport'}"


def _faults(batch: dict[str, Any]) -> Iterator[tuple[str, int | None, str | None]]:
    for fault in (batch.get("errors") or {}).get("data", []):
        yield fault["code"], fault["line"], fault["param"]


def _by_input(custom_ids: Sequence[str]) -> Callable[[Iterable[str]], tuple[str, ...]]:
    """Return a function that puts custom_ids into the order of the input."""

    def in_order(some: Iterable[str]) -> tuple[str, ...]:
        wanted = set(some)
        return tuple(custom_id for custom_id in custom_ids if custom_id in wanted)

    return in_order
