"""What may be seen of batches and files, written down once more: not a line of it is the server's.

The model is told each step and what came of it. It keeps what it has seen, and says where something contradicts that.
"""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import is_same, shown
from emulator.fuzz.contract import OPERATIONS
from emulator.fuzz.lifecycle.shapes import COUNTS, SHAPES, STAMPS, plain
from emulator.fuzz.steps import Advance, Call, Connect, Look, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emulator.fuzz.trace import Played
    from emulator.fuzz.violation import Violation

    Tenant: TypeAlias = tuple[str | None, str | None]
    """An API key, by its name in the script, and for whom it acts."""

NEXT: Final[Mapping[str, frozenset[str]]] = {
    "validating": frozenset({"in_progress", "failed", "cancelling", "expired"}),
    "in_progress": frozenset({"finalizing", "cancelling", "expired"}),
    "finalizing": frozenset({"completed", "cancelling", "expired"}),
    "cancelling": frozenset({"cancelled", "completed", "expired"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
ENDS: Final = frozenset(status for status, after in NEXT.items() if not after)
FIXED: Final = (
    "id",
    "object",
    "endpoint",
    "input_file_id",
    "completion_window",
    "created_at",
    "metadata",
    "max_concurrency",
)
FILES: Final = ("output_file_id", "error_file_id")
"""What a batch may come to have a while after it has ended."""
FOR_EVER: Final = 10**9
"""How often a rule may meddle of which nobody says how often."""
START: Final = 1704067200
WINDOW_S: Final = 86_400
"""Within this time of its creation a batch has ended, or at least been asked to."""


def reachable(status: str) -> frozenset[str]:
    """Return the statuses in which a batch may be seen after it was seen in this one."""
    found, new = {status}, {status}
    while new:
        new = {after for each in new for after in NEXT.get(each, ())} - found
        found |= new
    return frozenset(found)


@dataclass
class Known:
    """A batch or a file: whose it is, and how it was last seen."""

    tenant: Tenant
    last: Mapping[str, Any] | None = None
    content: bytes | None = None
    is_deleted: bool = False


@dataclass
class Model:
    """All that is known of a world.

    `loose` counts for each operation how often rules may still meddle with it, of which nothing is certain then: every call that
    asked the server has met with one of them at least.
    """

    tenant: Tenant = (None, None)
    now: float = START
    asked_at: float = START
    """When the last call began: what it shows is as of then, or of later, for a client may have slept."""
    batches: dict[str, Known] = field(default_factory=dict)
    files: dict[str, Known] = field(default_factory=dict)
    loose: Counter[str] = field(default_factory=Counter)
    shown: Mapping[str, Any] | None = None
    """The batch that the client has just shown, while nothing else has happened."""

    def see(self, played: Played) -> Iterator[Violation]:
        """Take note of a step and what came of it, and yield what cannot be."""
        match played.step:
            case Connect():
                self.tenant = (played.step.key, played.step.on_behalf_of)
            case Advance():
                self.shown = None
                self.now += played.step.seconds
            case Rule():
                on = played.step.rule["on"]
                self.loose[on["operation"]] += on.get("times", FOR_EVER)
            case Look():
                yield from self._looked(played)
            case Call():
                self.shown = None
                yield from self._called(played, played.step)
                if self.tenant[0] is None:  # in another key's world no rule is in force
                    self.loose -= Counter({request.operation for request in played.requests if request.operation})

    def _called(self, played: Played, call: Call) -> Iterator[Violation]:
        outcome = played.outcome
        self.asked_at = self.now
        if isinstance(outcome, Returned | Raised):
            self.now += sum(outcome.sleeps)
        if isinstance(outcome, Returned):
            yield from self._returned(played, call, outcome.result)
        elif isinstance(outcome, Raised):
            yield from self._refused(played, call, outcome)

    def _returned(self, played: Played, call: Call, result: Any) -> Iterator[Violation]:
        is_one, what = SHAPES[call.call]
        if is_one(result):
            yield from _SEEN[call.call](self, played, call, result)
        else:
            yield played.violation(f"no {what} returned", f"a {what}, whole", shown(result))

    def _refused(self, played: Played, call: Call, error: Raised) -> Iterator[Violation]:
        """Say whether an error may be: where nothing meddles, what exists is found, and what may be done is done."""
        known = self._about(call)
        if call.call == "files.delete":  # it may have taken effect all the same
            self.files.pop(call.args["file_id"], None)
        if not self.loose.keys().isdisjoint(
            {OPERATIONS[call.call], *(request.operation for request in played.requests)}
        ):
            return
        if (
            known is not None
            and known.tenant == self.tenant
            and not known.is_deleted
            and not self._may_refuse(call, known)
        ):
            got = f"{error.type}: {error.message}"
            yield played.violation(
                f"{call.call} refused what exists", "a result: it is there, and nothing is in the way", got
            )

    def _about(self, call: Call) -> Known | None:
        return self.batches.get(call.args.get("batch_id", "")) or self.files.get(call.args.get("file_id", ""))

    def _may_refuse(self, call: Call, known: Known) -> bool:
        return call.call == "batches.cancel" and (known.last is None or reachable(known.last["status"]) & ENDS != set())

    def _looked(self, played: Played) -> Iterator[Violation]:
        """Compare the batch that the client has just shown with how it is; what it left out is for others to miss.

        But for its files: that they are not there yet is something that changes.
        """
        for batch in played.seen:
            if self.shown is not None and batch["id"] == self.shown["id"]:
                theirs = {**dict.fromkeys(FILES), **plain("BatchObject", self.shown)}
                yield from _same(played, "not what there is", {name: batch.get(name) for name in theirs}, theirs)

    # What was returned

    def created(self, played: Played, call: Call, batch: Any) -> Iterator[Violation]:
        """Take note of a new batch."""
        if batch["id"] in self.batches:
            yield played.violation("a new batch that is an old one", "an id of its own", batch["id"])
        for name in ("input_file_id", "endpoint"):
            yield from _same(played, f"created with another {name}", call.args[name], batch.get(name))
        yield from _same(played, "created with other metadata", call.args.get("metadata"), batch.get("metadata"))
        self.batches[batch["id"]] = Known(self.tenant)
        yield from self._batch(played, batch)

    def got(self, played: Played, call: Call, batch: Any) -> Iterator[Violation]:
        """Compare a batch with how it was last seen."""
        yield from _same(played, "another batch than asked for", call.args["batch_id"], batch.get("id"))
        yield from self._batch(played, batch)
        if not getattr(played.outcome, "sleeps", ()):  # the world has gone on while the client slept
            self.shown = batch

    def cancelled(self, played: Played, call: Call, batch: Any) -> Iterator[Violation]:
        """Compare a batch that was asked to stop."""
        yield from _same(played, "another batch than asked for", call.args["batch_id"], batch.get("id"))
        if batch.get("status") not in {"cancelling", "cancelled"} and "cancelBatch" not in self.loose:
            yield played.violation("cancel without effect", "cancelling or cancelled", shown(batch.get("status")))
        yield from self._batch(played, batch)

    def listed(self, played: Played, call: Call, page: Any) -> Iterator[Violation]:
        """Compare each batch of a page, and see whose they are."""
        limit = call.args.get("limit", 20)
        if len(page["data"]) > limit:
            yield played.violation("page too long", f"at most {limit}", f"{len(page['data'])}")
        stamps = [batch["created_at"] for batch in page["data"]]
        if stamps != sorted(stamps, reverse=True):
            yield played.violation("list out of order", "the newest first", shown(stamps))
        mine = [each.last for each in self.batches.values() if each.tenant == self.tenant]
        newest = max((last["created_at"] for last in mine if last is not None), default=START)
        if "after" not in call.args and max(stamps, default=START) < newest:
            yield played.violation("list without the newest", f"a batch of {newest} at its beginning", shown(stamps))
        yield from self._all_listed(played, page, self.batches)
        for batch in page["data"]:
            yield from self._batch(played, batch)

    def _all_listed(self, played: Played, page: Any, known: Mapping[str, Known]) -> Iterator[Violation]:
        """See that a list which says that it is at its end has all that is the tenant's."""
        listed = {item["id"] for item in page["data"]}
        mine = {name for name, each in known.items() if each.tenant == self.tenant and not each.is_deleted}
        if page.get("has_more") is False and not mine <= listed:
            yield played.violation("missing from the list", shown(sorted(mine)), shown(sorted(listed)))

    def uploaded(self, played: Played, call: Call, file: Any) -> Iterator[Violation]:
        """Take note of a new file."""
        content = b64decode(call.args["content"])
        self.files[file["id"]] = Known(self.tenant, last=file, content=content)
        yield from _same(played, "another size than uploaded", len(content), file.get("bytes"))
        yield from _same(played, "another name than uploaded", call.args["filename"], file.get("filename"))

    def file(self, played: Played, call: Call, file: Any) -> Iterator[Violation]:
        """Compare a file with how it was last seen."""
        known = self.files.get(call.args["file_id"])
        yield from self._may_be_found(played, known)
        if known is not None and known.last is not None:
            yield from _same(played, "a file that changes", plain("File", known.last), plain("File", file))

    def deleted(self, played: Played, call: Call, said: Any) -> Iterator[Violation]:
        """Take note that a file is gone."""
        known = self.files.get(call.args["file_id"])
        yield from self._may_be_found(played, known)
        yield from _same(played, "deleted without a word of it", True, said.get("deleted"))
        if known is not None:
            known.is_deleted = True

    def read(self, played: Played, call: Call, said: Any) -> Iterator[Violation]:
        """Compare what a file holds."""
        known = self.files.get(call.args["file_id"])
        yield from self._may_be_found(played, known)
        if known is not None and known.content is not None and b64decode(said["content"]) != known.content:
            yield played.violation(
                "other bytes than uploaded", f"{len(known.content)} bytes", f"{len(b64decode(said['content']))} others"
            )

    def files_listed(self, played: Played, _call: Call, page: Any) -> Iterator[Violation]:
        """See whose files they are."""
        yield from self._all_listed(played, page, self.files)
        for file in page["data"]:
            known = self.files.get(file["id"])
            if known is not None:
                yield from self._may_be_found(played, known)

    def _may_be_found(self, played: Played, known: Known | None) -> Iterator[Violation]:
        if known is not None and known.tenant != self.tenant:
            yield played.violation("another tenant's", f"nothing of {known.tenant!r} for {self.tenant!r}", "found")
        if known is not None and known.is_deleted:
            yield played.violation("found after it was deleted", "a declared 404", "found")

    def _batch(self, played: Played, batch: Mapping[str, Any]) -> Iterator[Violation]:
        """Compare a batch with how it was last seen, wherever it is seen."""
        known = self.batches.setdefault(batch["id"], Known(self.tenant))
        yield from self._may_be_found(played, known)
        yield from _in_itself(played, batch, self.asked_at, self.now)
        if known.last is not None:
            yield from _since(played, known.last, batch)
        known.last = batch


def _in_itself(played: Played, batch: Mapping[str, Any], since: float, now: float) -> Iterator[Violation]:
    """Yield what cannot be in one look at a batch, between two times."""
    counts = batch["request_counts"]
    if counts["completed"] + counts["failed"] > counts["total"] or min(counts[name] for name in COUNTS) < 0:
        yield played.violation("counts that do not add up", "completed + failed of total", shown(counts))
    for name in STAMPS:
        if batch.get(name) is not None and not batch["created_at"] <= batch[name] <= now + 1:
            yield played.violation(
                "a stamp out of time", f"{name} from its creation to now, {now:g}", shown(batch[name])
            )
    if since > batch["created_at"] + WINDOW_S and batch["status"] not in ENDS:
        yield played.violation(
            "not ended within its window", "an end, a day after its creation", shown(batch["status"])
        )
    stamp = f"{batch['status']}_at"
    if stamp in batch and batch[stamp] is None:
        yield played.violation("a status without its stamp", f"{stamp} of a batch that is {batch['status']}", "null")


def _since(played: Played, last: Mapping[str, Any], batch: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield what cannot be after a batch was seen as it was."""
    if batch["status"] not in reachable(last["status"]):
        yield played.violation("a status out of order", f"one that follows {last['status']}", batch["status"])
    late = {name: batch[name] for name in FILES if last.get(name) is None and batch.get(name) is not None}
    if last["status"] in ENDS and not is_same(plain("BatchObject", {**last, **late}), plain("BatchObject", batch)):
        yield played.violation("a change after the end", shown(last), shown(batch))
    for name in FIXED:
        yield from _same(played, f"another {name} than before", last.get(name), batch.get(name))
    for name in STAMPS:
        if last.get(name) is not None:
            yield from _same(played, "a stamp that moves", last[name], batch.get(name))
    for name in COUNTS:
        if batch["request_counts"][name] < last["request_counts"][name]:
            yield played.violation(
                "counts that shrink",
                f"{name} of at least {last['request_counts'][name]}",
                shown(batch["request_counts"]),
            )


def _same(played: Played, cause: str, expected: Any, got: Any) -> Iterable[Violation]:
    return () if is_same(expected, got) else (played.violation(cause, shown(expected), shown(got)),)


_SEEN: Final = {
    "batches.create": Model.created,
    "batches.list": Model.listed,
    "batches.get": Model.got,
    "batches.cancel": Model.cancelled,
    "files.upload": Model.uploaded,
    "files.list": Model.files_listed,
    "files.get": Model.file,
    "files.delete": Model.deleted,
    "files.content": Model.read,
}
