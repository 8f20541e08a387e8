"""What schemathesis is told beyond the contract: how an input file looks, and the one thing that no schema can say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import RejectedPositiveData

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

REQUEST = {"model": "m-1", "messages": [{"role": "user", "content": "Name a colour."}]}
LINE = {"custom_id": "row-1", "method": "POST", "url": "/v1/chat/completions", "body": REQUEST}
INPUT = json.dumps(LINE).encode()


@schemathesis.hook.apply_to(operation_id="uploadFile")  # type: ignore[attr-defined, untyped-decorator]
def flatmap_body(context: Any, body: Any) -> SearchStrategy[Any]:  # noqa: ARG001 - a hook's signature
    """Make every other file a good input file, so that batches run and have results."""
    generated = st.just(body)
    if not isinstance(body, dict) or isinstance(body.get("file", ""), str):
        return generated
    return generated | st.just({**body, "file": INPUT})


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:  # noqa: ARG001 - likewise
    """Let a page after an unknown item be refused: any text keeps the schema of `after`, few texts are ids."""
    refused_for_after = response.status_code == 400 and response.json()["error"]["param"] == "after"
    return not (isinstance(failure, RejectedPositiveData) and refused_for_after)
