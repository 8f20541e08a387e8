"""The least that could answer: Starlette on uvicorn, with the options that the emulator gives it."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request


async def batches(_request: Request) -> JSONResponse:
    return JSONResponse({"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False})


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or []:
            sys.stdout.write(f"bare: listening on http://127.0.0.1:{each.getsockname()[1]}\n")
            sys.stdout.flush()


def serve(app: Starlette) -> None:
    """Serve an app on a free port, and tell on stdout which that is."""
    config = uvicorn.Config(
        app, access_log=False, http="httptools", lifespan="off", server_header=False, ws="none", log_level="warning"
    )
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        Server(config).run(sockets=[bound])


if __name__ == "__main__":
    serve(Starlette(routes=[Route("/api/v1/llm/batches", batches)]))
