"""Trials of each call: does it arrive as it was made, and is it answered with what the server said."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.checking.comparing import arrived, one_request, same
from emulator.clients.checking.plain import CHAT
from emulator.clients.checking.trial import Lacking, Trial, Wrong
from emulator.clients.protocol import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.clients.checking.bench import Bench

    Args = dict[str, Any]

_HASH: Final = "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
"""SHA-256 of the 256 bytes from 0 to 255."""


def _no_arguments(_: Bench) -> Args:
    return {}


@dataclass(frozen=True, slots=True)
class _Case:
    """A call: the arguments that it must have, made in a fresh world, those it can have besides, and the truth."""

    call: str
    given: Callable[[Bench], Args]
    truth: Callable[[Bench, Args], Any]
    besides: Callable[[Bench], Args] = _no_arguments


# Arguments


def _new_batch(bench: Bench) -> Args:
    return {"input_file_id": bench.plain.file()["id"], "endpoint": CHAT}


def _more_of_a_batch(_: Bench) -> Args:
    return {"metadata": {"team": "colours", "ключ": "значение ☃ 🎈"}, "max_concurrency": 3}


def _one_batch(bench: Bench) -> Args:
    return {"batch_id": bench.plain.batch()["id"]}


def _three_batches(bench: Bench) -> Args:
    for _ in range(3):
        bench.plain.batch()
    return {}


def _a_batch_of_them(bench: Bench) -> Args:
    return {"after": bench.plain.newest("/batches")["id"], "limit": 1}


def _new_file(_: Bench) -> Args:
    return {"filename": "résumé ☃ (1).txt", "content": b64encode(b"Text.\r\n").decode(), "purpose": "user_data"}


def _one_file(bench: Bench) -> Args:
    return {"file_id": bench.plain.file()["id"]}


def _three_files(bench: Bench) -> Args:
    for number in range(3):
        bench.plain.file(bytes(range(256)), filename=f"{number}.bin", purpose="user_data")
    return {}


def _a_file_of_them(bench: Bench) -> Args:
    after = bench.plain.newest("/files")["id"]
    return {"after": after, "limit": 1, "order": "desc", "purpose": "user_data", "sha256": _HASH}


# What the server says


def _that_batch(bench: Bench, args: Args) -> Any:
    return bench.plain.get(f"/batches/{args['batch_id']}")


def _that_file(bench: Bench, args: Args) -> Any:
    return bench.plain.get(f"/files/{args['file_id']}")


def _deleted(_: Bench, args: Args) -> Any:
    return {"id": args["file_id"], "object": "file", "deleted": True}


_CASES: Final = (
    _Case("batches.create", _new_batch, lambda bench, _: bench.plain.newest("/batches"), _more_of_a_batch),
    _Case("batches.list", _three_batches, lambda bench, args: bench.plain.get("/batches", **args), _a_batch_of_them),
    _Case("batches.get", _one_batch, _that_batch),
    _Case("batches.cancel", _one_batch, _that_batch),
    _Case("files.upload", _new_file, lambda bench, _: bench.plain.newest("/files")),
    _Case("files.list", _three_files, lambda bench, args: bench.plain.get("/files", **args), _a_file_of_them),
    _Case("files.get", _one_file, _that_file),
    _Case("files.delete", _one_file, _deleted),
)


# Trials


def _with_what_it_must_have(case: _Case, bench: Bench) -> None:
    bench.connect()
    _hold(bench, case, case.given(bench))


def _with_all(case: _Case, bench: Bench) -> None:
    bench.connect()
    given, besides = case.given(bench), case.besides(bench)
    if isinstance(bench.call(case.call, **given, **besides), Unsupported):
        besides = _those_supported(bench, case, given, besides)
    _hold(bench, case, {**given, **besides})


def _those_supported(bench: Bench, case: _Case, given: Args, besides: Args) -> Args:
    """Return the arguments that are supported alone, and advise about the others.

    Raises Lacking if even the call is not, and Wrong if all of them are.
    """
    if isinstance(bench.call(case.call, **given), Unsupported):
        raise Lacking(case.call)
    found = {
        name: value
        for name, value in besides.items()
        if not isinstance(bench.call(case.call, **given, **{name: value}), Unsupported)
    }
    if found == besides:
        mend = "Let the driver take any of a call's arguments together."
        raise Wrong(at=case.call, expected="a result", got=f"'unsupported', for {', '.join(found)} together", mend=mend)
    for name in [name for name in besides if name not in found]:
        bench.advise(f"{case.call} with {name} is answered 'unsupported': that is right only if the SDK has no {name}.")
    return found


def _hold(bench: Bench, case: _Case, args: Args) -> None:
    since = len(bench.requests(case.call))
    result = bench.returned(case.call, **args)
    request = one_request(bench, case.call, since=since)
    arrived(bench, request, case.call, args)
    same(bench, result, case.truth(bench, args))


def _trials(case: _Case) -> tuple[Trial, ...]:
    asks = f"{case.call} arrives as it was made, and is answered with what the server says"
    least = Trial(case.call, f"{asks}.", partial(_with_what_it_must_have, case))
    if case.besides is _no_arguments:
        return (least,)
    return least, Trial(f"{case.call}.all-arguments", f"{asks}, with all arguments.", partial(_with_all, case))


TRIALS: Final = tuple(trial for case in _CASES for trial in _trials(case))
