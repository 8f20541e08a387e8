"""Paging: a program that follows `last_id` until `has_more` is false sees each batch and each file once, and comes to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.verify.check import Check, Failed, Group, checks_of
from emulator.verify.comparing import holds, same
from emulator.verify.samples import BATCH, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.verify.stage import Stage

check = checks_of(Group.PAGING)
MOST_PAGES: Final = 60


def pages(stage: Stage, call: str, **args: Any) -> Iterator[list[str]]:
    """Yield the ids of each page, as a program gets them that pages to the end. Raises Failed when there is no end."""
    for _ in range(MOST_PAGES):
        found = stage.returned(call, **args)
        yield [item["id"] for item in found["data"]]
        if not found["has_more"]:
            return
        args["after"] = found.get("last_id") or found["data"][-1]["id"]
    raise Failed(at=call, expected="an end of the list", got=f"{MOST_PAGES} pages and still more")


def _batches(stage: Stage, count: int) -> list[str]:
    """Make so many batches, and return their ids, newest first."""
    file_id = stage.arrange.file()["id"]
    return [stage.arrange.batch(input_file_id=file_id)["id"] for _ in range(count)][::-1]


def _all(count: int, limit: int | None) -> Check:
    named = "of-the-default-size" if limit is None else f"of-{limit}"
    size = "as many as the server likes" if limit is None else f"{limit} at a time"

    @check(
        f"list.pages-to-the-end-{named}",
        place="listBatches, after and has_more",
        expects=f"{count} batches, {size}, come once each, newest first.",
    )
    def play(stage: Stage) -> None:
        made = _batches(stage, count)
        args = {} if limit is None else {"limit": limit}
        seen = list(pages(stage, "batches.list", **args))
        same("batches seen", made, [batch_id for ids in seen for batch_id in ids])

    return play


@check(
    "list.pages-to-the-end",
    place="listBatches, after and has_more",
    expects="45 batches come as pages of 20, 20 and 5; the last one says that there is no more.",
)
def pages_to_the_end(stage: Stage) -> None:
    made = _batches(stage, 45)
    seen = list(pages(stage, "batches.list", limit=20))
    same("sizes of pages", [20, 20, 5], list(map(len, seen)))
    same("batches seen", made, [batch_id for ids in seen for batch_id in ids])


@check("list.ends-at-once-when-empty", place="listBatches", expects="A list without batches is one empty page.")
def ends_at_once(stage: Stage) -> None:
    same("pages", [[]], list(pages(stage, "batches.list")))


@check(
    "list.ends-with-a-full-page",
    place="ListBatchesResponse.has_more",
    expects="A last page that is full is the last one all the same.",
)
def ends_with_a_full_page(stage: Stage) -> None:
    _batches(stage, 6)
    same("sizes of pages", [3, 3], list(map(len, pages(stage, "batches.list", limit=3))))


@check(
    "list.sees-each-once-while-it-grows",
    place="listBatches, newest first",
    expects="Batches that arrive while a program pages make none of the others come twice or not at all.",
)
def grows(stage: Stage) -> None:
    made = _batches(stage, 9)
    stage.rule("listBatches", arrive=2)
    seen = [batch_id for ids in pages(stage, "batches.list", limit=3) for batch_id in ids]
    same("times that each of the first nine came", [1] * 9, [seen.count(batch_id) for batch_id in made])


@check(
    "list.keeps-the-servers-order",
    place="ListBatchesResponse.data",
    expects="Batches stand in the order in which the server sent them.",
)
def keeps_the_order(stage: Stage) -> None:
    sent = [{**BATCH, "id": f"batch_{number * 7 % 5:032x}", "created_at": number * 3 % 5} for number in range(5)]
    stage.reply("listBatches", page(*sent))
    result = stage.returned("batches.list")
    same("result.data", [batch["id"] for batch in sent], [batch["id"] for batch in result["data"]])


@check(
    "list.goes-on-from-after",
    place="listBatches, after",
    expects="The page after a batch begins with the one created before it.",
)
def goes_on_from_after(stage: Stage) -> None:
    made = _batches(stage, 4)
    result = stage.returned("batches.list", after=made[1])
    same("result.data", made[2:], [batch["id"] for batch in result["data"]])


@check(
    "list.unknown-after-is-declared",
    place="listBatches, 400",
    expects="A cursor that the server does not know is declared.",
)
def unknown_after(stage: Stage) -> None:
    _batches(stage, 1)
    same("raised.status", 400, stage.raised("batches.list", after="batch_unknown").status)


# Files


def _files(stage: Stage, count: int, purpose: str = "batch") -> list[str]:
    """Make so many files, and return their ids, oldest first."""
    return [stage.arrange.file(b"%d\n" % number, purpose=purpose)["id"] for number in range(count)]


def _ordered(order: str) -> Check:
    @check(
        f"files.pages-to-the-end-{order}",
        place="listFiles, order",
        expects=f"Seven files, three at a time, come once each, in {order}ending order.",
    )
    def play(stage: Stage) -> None:
        made = _files(stage, 7)
        seen = [file_id for ids in pages(stage, "files.list", limit=3, order=order) for file_id in ids]
        same("files seen", made if order == "asc" else made[::-1], seen)

    return play


@check(
    "files.pages-of-one-purpose",
    place="listFiles, purpose",
    expects="A purpose holds for every page, not for the first.",
)
def of_one_purpose(stage: Stage) -> None:
    wanted = _files(stage, 3, "vision")
    _files(stage, 3, "batch")
    wanted += _files(stage, 2, "vision")
    seen = [file_id for ids in pages(stage, "files.list", limit=2, order="asc", purpose="vision") for file_id in ids]
    same("files seen", wanted, seen)


@check(
    "files.finds-by-sha256",
    place="listFiles, sha256",
    expects="A file is found by the hash of its content, and no other.",
)
def finds_by_sha256(stage: Stage) -> None:
    _files(stage, 2)
    wanted = stage.arrange.file(b"the one\n")
    result = stage.returned("files.list", sha256=wanted["sha256"])
    same("result.data", [wanted["id"]], [file["id"] for file in result["data"]])


@check("files.ends-at-once-when-empty", place="listFiles", expects="A list without files is one empty page.")
def files_end_at_once(stage: Stage) -> None:
    found = list(pages(stage, "files.list"))
    holds(found == [[]], at="pages", expected="one, empty", got=found)


CHECKS: Final = (
    pages_to_the_end,
    _all(7, 1),
    _all(100, 100),
    _all(25, None),
    ends_at_once,
    ends_with_a_full_page,
    grows,
    keeps_the_order,
    goes_on_from_after,
    unknown_after,
    *map(_ordered, ("asc", "desc")),
    of_one_purpose,
    finds_by_sha256,
    files_end_at_once,
)
