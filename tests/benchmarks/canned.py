"""The least that could answer a whole cycle: Starlette on uvicorn, with replies that are always the same.

It takes each request's body, as a server must, and looks at nothing of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.bare import serve

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    Answer = Callable[[Request], Awaitable[Response]]

API: Final = "/api/v1/llm"
INPUT_ID: Final = f"file_{'0' * 32}"
OUTPUT_ID: Final = f"file_{'1' * 32}"
BATCH_ID: Final = f"batch_{'0' * 32}"
FILE: Final[dict[str, Any]] = {
    "id": INPUT_ID,
    "object": "file",
    "bytes": 500,
    "created_at": 1704067200,
    "filename": "in.jsonl",
    "purpose": "batch",
    "status": "processed",
    "expires_at": None,
    "sha256": "0" * 64,
}
BATCH: Final[dict[str, Any]] = {
    "id": BATCH_ID,
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "errors": None,
    "input_file_id": INPUT_ID,
    "completion_window": "24h",
    "status": "completed",
    "output_file_id": OUTPUT_ID,
    "error_file_id": None,
    "created_at": 1704067200,
    "in_progress_at": 1704067260,
    "expires_at": 1704153600,
    "finalizing_at": 1704070800,
    "completed_at": 1704070860,
    "failed_at": None,
    "expired_at": None,
    "cancelling_at": None,
    "cancelled_at": None,
    "request_counts": {"total": 3, "completed": 3, "failed": 0},
    "metadata": None,
    "max_concurrency": 8,
}
MESSAGE: Final = {"role": "assistant", "content": "The quiet river follows the bright lantern."}
LINE: Final[dict[str, Any]] = {
    "id": f"response_{'0' * 32}",
    "custom_id": "row-1",
    "response": {
        "status_code": 200,
        "request_id": f"req_{'0' * 32}",
        "body": {
            "id": f"chatcmpl-{'0' * 32}",
            "object": "chat.completion",
            "created": 1704067260,
            "model": "m-1",
            "choices": [{"index": 0, "message": MESSAGE, "logprobs": None, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 4, "completion_tokens": 11, "total_tokens": 15},
        },
    },
    "error": None,
}
OUTPUT: Final = b"".join(json.dumps(LINE).encode() + b"\n" for _ in range(3))


def _json(value: object) -> Answer:
    async def answer(request: Request) -> Response:
        await request.body()
        return JSONResponse(value)

    return answer


async def _output(_request: Request) -> Response:
    return Response(OUTPUT, media_type="application/jsonl")


def main() -> None:
    """Serve on a free port."""
    routes = [
        Route(f"{API}/files", _json(FILE), methods=["POST"]),
        Route(f"{API}/batches", _json(BATCH), methods=["POST"]),
        Route(f"{API}/batches/{BATCH_ID}", _json(BATCH)),
        Route(f"{API}/files/{OUTPUT_ID}/content", _output),
        Route("/_emulator/clock/advance", _json({"now": 1704070860, "mode": "manual", "data": []}), methods=["POST"]),
    ]
    serve(Starlette(routes=routes))


if __name__ == "__main__":
    main()
