"""Traces made by hand: what a client did with a script, without a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.clients.protocol import Hello, Raised, RetryPolicy, Returned
from emulator.faces.journal import Sent
from emulator.fuzz.steps import Call, Rule
from emulator.fuzz.trace import Played, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.clients.protocol import Outcome
    from emulator.fuzz.property import Property
    from emulator.fuzz.steps import Step
    from emulator.fuzz.trace import Fault


def trace(*played: Played, retry: RetryPolicy | None = None) -> Trace:
    """Return the trace of these steps, numbered in their order."""
    hello = Hello(name="my-sdk", version="1.2.3", language="lua", retry=retry or RetryPolicy())
    return Trace(hello=hello, script=tuple(each.step for each in played), played=played)


def step(step: Step, outcome: Outcome | Fault | None = None, *requests: Sent, seen: Any = None) -> Played:
    """Return a step and what came of it."""
    return Played(number=0, step=step, outcome=outcome, requests=requests, seen=seen)


def called(call: str, outcome: Outcome | Fault | None, *requests: Sent, **args: Any) -> Played:
    """Return a call and what came of it."""
    return step(Call(call=call, args=args), outcome, *requests)


def ruled(operation: str, **effect: Any) -> Played:
    """Return the step that puts a rule in force."""
    return step(Rule(rule={"on": {"operation": operation}, **effect}))


def returned(result: Any, *sleeps: float) -> Returned:
    """Return an outcome with this result."""
    return Returned(result=result, sleeps=sleeps)


def raised(status: int | None = None, body: str | None = None, **more: Any) -> Raised:
    """Return a declared error with the status and body of a reply."""
    return Raised(**{"type": "ApiError", "declared": True, "status": status, "body": body, "message": "No.", **more})


def sent(method: str = "GET", path: str = "/batches", status: int | None = 200, **more: Any) -> Sent:
    """Return a request as the journal has it, of a client that says its key."""
    usual: dict[str, Any] = {
        "operation": {("GET", "/batches"): "listBatches", ("POST", "/batches"): "createBatch"}.get((method, path)),
        "method": method,
        "target": f"/api/v1/llm{path}",
        "headers": {"authorization": "(hidden)", **more.pop("headers", {})},
        "body": "",
        "status": status,
        "violations": (),
        "at": 0.0,
    }
    return Sent(**{**usual, **more})


def causes(aim: Property, *played: Played, retry: RetryPolicy | None = None) -> Sequence[str]:
    """Return the causes of what a property finds wrong in a trace."""
    return [each.cause for each in aim.violations(trace(*played, retry=retry))]
