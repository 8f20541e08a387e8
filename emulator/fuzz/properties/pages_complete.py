"""pages-complete: paging gives each batch, and each file, once and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import shown
from emulator.fuzz.oracles.results import at, items
from emulator.fuzz.oracles.said import is_taken
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Arrange, Call, Connect, Look, Pages, Rule
from emulator.fuzz.strategies.arguments import BY_CALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script, Step
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation


def scripts() -> SearchStrategy[Script]:
    """Draw a list of some length, and how a program pages through it, while it grows or not."""
    return st.one_of(_of_batches(), _of_files())


def _of_batches() -> SearchStrategy[Script]:
    limits = st.one_of(st.none(), st.integers(1, 8))
    return st.builds(_batches, st.integers(0, 25), limits, st.integers(0, 2))


def _batches(count: int, limit: int | None, arriving: int) -> Script:
    """Let so many batches be there, all arrived at once, and so many more arrive with each page."""
    steps: list[Step] = [Connect()]
    if count:
        steps.append(Rule(rule={"on": {"operation": "listFiles", "nth": 1}, "arrive": count}))
        steps.append(Call(call="files.list"))
    steps.append(Look(at="batches"))
    if arriving:
        steps.append(Rule(rule={"on": {"operation": "listBatches", "times": 5}, "arrive": arriving}))
    return (*steps, Pages(call="batches.list", args={} if limit is None else {"limit": limit}))


def _of_files() -> SearchStrategy[Script]:
    given = BY_CALL["files.list"].map(lambda args: {name: args[name] for name in ("order", "purpose") if name in args})
    return st.builds(_files, st.integers(0, 6), st.integers(1, 4), given)


def _files(count: int, limit: int, given: dict[str, Any]) -> Script:
    there = [Arrange(what="file", name=f"file {number}", content="e30K") for number in range(count)]
    return (Connect(), *there, Look(at="files"), Pages(call="files.list", args={"limit": limit, **given}))


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where something that is there was not seen, or seen twice, or where there was no end."""
    there: list[Mapping[str, Any]] = []
    for each in trace.played:
        if isinstance(each.step, Look):
            there = each.seen
        elif isinstance(each.step, Pages):
            yield from _judged(each, each.step, there)


def _judged(played: Played, step: Pages, there: list[Mapping[str, Any]]) -> Iterator[Violation]:
    wanted = [item["id"] for item in there if _is_asked_for(item, step.args)]
    if step.args.get("order") == "asc":
        wanted.reverse()
    if isinstance(played.outcome, Raised) and is_taken(step.call, step.args):
        yield played.violation("list refused", "pages", f"{played.outcome.type}: {played.outcome.message}")
    elif isinstance(played.outcome, Returned):
        yield from _seen(played, step, wanted)


def _seen(played: Played, step: Pages, wanted: list[str]) -> Iterator[Violation]:
    if len(played.seen) == step.most:
        yield played.violation("no end of the list", "a last page", f"{step.most} pages and still more")
        return
    seen = [at(item, "id") for page in played.seen for item in items(page)]
    known = [item for item in seen if item in wanted]
    if known != wanted:
        cause = "an item more than once" if len(known) > len(wanted) else "not each item, in order"
        yield played.violation(cause, shown(wanted), shown(known))


def _is_asked_for(item: Mapping[str, Any], args: Mapping[str, Any]) -> bool:
    return args.get("purpose") in {None, item.get("purpose")}


PROPERTY: Final = Property(
    name="pages-complete",
    statement="Paging gives each batch, and each file, once and ends.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
