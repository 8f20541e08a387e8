"""Calls the first release of the official SDK, 0.5.25: one JSON object a line in, one a line out.

It runs under an interpreter of its own, in which nothing but that release is installed. In comes
`{"url", "api_key", "call", "args"}`, out goes `{"result"}` or `{"raised", "status", "body", "message"}`;
bytes travel as base64.
"""

import base64
import importlib
import json
import sys
from typing import Any

mka1 = importlib.import_module("mka1")


def perform(url: str, api_key: str, call: str, args: dict[str, Any]) -> Any:
    """Make one call and return what the SDK returned, named as on the wire."""
    resource, name = call.split(".")
    if call == "files.upload":
        args["file"]["content"] = base64.b64decode(args["file"]["content"])
    retries = mka1.utils.RetryConfig("none", mka1.utils.BackoffStrategy(1, 1, 1, 1), False)
    with mka1.SDK(server_url=url, bearer_auth=api_key, retry_config=retries) as sdk:
        result = getattr(getattr(sdk.llm, resource), name)(**args)
        if call == "files.content":
            return base64.b64encode(result.read()).decode()
    return result.model_dump(mode="json", by_alias=True)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return what came of one call."""
    try:
        return {"result": perform(**request)}
    except mka1.errors.SDKError as error:
        raised = type(error).__name__
        return {"raised": raised, "status": error.status_code, "body": error.body, "message": error.message}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
