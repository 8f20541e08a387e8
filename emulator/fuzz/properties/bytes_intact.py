"""bytes-intact: files are the same bytes up and down, whatever they hold and whatever their name."""

from __future__ import annotations

import gzip
import zlib
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.fuzz.oracles.said import is_taken
from emulator.fuzz.property import Property, gist
from emulator.fuzz.steps import Arrange, Call, Connect, Look, Made, Rule
from emulator.fuzz.strategies.arguments import CONTENTS, FILENAMES, PURPOSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script, Step
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

ENDINGS: Final = (".jsonl", ".json", ".gz", ".txt", ".csv", ".html", ".pdf", ".png", ".bin", "")
GZIP: Final = gzip.compress(b'{"custom_id":"a"}\n' * 9, mtime=0)
ODD: Final = (
    GZIP,
    GZIP,
    zlib.compress(b"a" * 99),
    b"PK\x05\x06" + bytes(18),
    b'{"error":{"message":"No.","type":"e","code":404}}',
    b'{"error":"a"}\n{"id":"batch_1"}',
    b'{"id":"file_1","object":"file"}\n',
    b'"a"',
    b"null",
    b"a\r\nb\rc\n",
    "e\u0301".encode(),
    b"\x1f\x8b\x08",
    b"\r\n",
    b"\r",
    b"\n\n",
    b"--",
    b"\x00" * 9,
    b'{"a":"\\ud800"}\n',
    b"\x80",
    "naïve ☕".encode(),
)


def contents() -> SearchStrategy[bytes]:
    """Return what files may hold."""
    large = st.sampled_from([8_191, 8_192, 65_536, 1_200_001]).map(lambda size: bytes(range(251)) * (size // 251 + 1))
    return st.one_of(CONTENTS, CONTENTS, st.sampled_from(ODD), large)


def scripts() -> SearchStrategy[Script]:
    """Draw one file that goes up, or one that comes down, in one piece or in many."""
    return st.one_of(
        st.builds(_up, contents(), FILENAMES, st.sampled_from(PURPOSES)),
        st.builds(_down, contents(), st.sampled_from(ENDINGS), st.booleans()),
    )


def _up(content: bytes, filename: str, purpose: str) -> Script:
    args = {"filename": filename, "content": b64encode(content).decode(), "purpose": purpose}
    uploaded = Made("uploaded")
    call = Call(call="files.upload", args=args, name=uploaded.name)
    return (Connect(), call, Look(at="file", file=uploaded), Look(at="content", file=uploaded))


def _down(content: bytes, ending: str, is_in_pieces: bool) -> Script:
    there = Made("there")
    steps: list[Step] = [Connect()]
    steps.append(Arrange(what="file", name=there.name, content=b64encode(content).decode(), filename=f"file{ending}"))
    if is_in_pieces and len(content) < 1000:
        rule = {"on": {"operation": "getFileContent"}, "after": True, "drip": {"bytes": 97, "every": "1ms"}}
        steps.append(Rule(rule=rule))
    return (*steps, Call(call="files.content", args={"file_id": there}))


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where bytes, or a name, are not what they were."""
    given: bytes | None = None
    name: str | None = None
    purpose: str | None = None
    for each in trace.played:
        match each.step:
            case Arrange():
                given = b64decode(each.step.content or "")
            case Call(call="files.upload"):
                given, name = b64decode(each.step.args["content"]), each.step.args["filename"]
                purpose = each.step.args["purpose"]
                yield from _is_read(each, each.step)
            case Call():
                yield from _is_read(each, each.step)
                yield from _read(each, given or b"")
            case Look(at="content") if each.seen is not None and each.seen != given:
                yield each.violation(
                    "content changed on the way up", f"{len(given or b'')} bytes", f"{len(each.seen)} others"
                )
            case Look(at="file") if each.seen is not None:
                yield from _is_called(each, name, purpose)


def _is_called(played: Played, name: str | None, purpose: str | None) -> Iterator[Violation]:
    for what, given, found in (("name", name, played.seen["filename"]), ("purpose", purpose, played.seen["purpose"])):
        if found != given:
            yield played.violation(f"{what} changed on the way up", f"the {what} {given!r}", repr(found))


def _is_read(played: Played, call: Call) -> Iterator[Violation]:
    if isinstance(played.outcome, Raised) and is_taken(call.call, call.args):
        error = played.outcome
        cause = f"good file refused: {gist(error)}"
        yield played.violation(cause, "a result: nothing is wrong with the file", f"{error.type}: {error.message}")


def _read(played: Played, given: bytes) -> Iterator[Violation]:
    if isinstance(played.outcome, Returned):
        found = b64decode(played.outcome.result["content"])
        if found != given:
            yield played.violation(
                "content changed on the way down",
                f"{given[:60]!r}, {len(given)} bytes",
                f"{found[:60]!r}, {len(found)}",
            )


PROPERTY: Final = Property(
    name="bytes-intact",
    statement="Files are the same bytes up and down, whatever they hold and whatever their name.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
