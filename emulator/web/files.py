"""The handlers of the five operations on files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.domain.pagination import FileQuery, PageQuery
from emulator.web import representations
from emulator.web.reply import Reply
from emulator.web.upload import read_upload

if TYPE_CHECKING:
    from emulator.web.call import Call


async def upload_file(call: Call) -> Reply:
    """Serve uploadFile."""
    file = call.world.add_file(call.tenant, await read_upload(call))
    return Reply(body=representations.file(file, call.contract))


async def list_files(call: Call) -> Reply:
    """Serve listFiles."""
    parameters = call.parameters
    page = PageQuery(limit=parameters["limit"], after=parameters.get("after"), order=parameters["order"])
    query = FileQuery(page=page, purpose=parameters.get("purpose"), sha256=parameters.get("sha256"))
    found = call.world.list_files(call.tenant, query)
    return Reply(body=representations.page(found, call.contract, representations.file))


async def get_file(call: Call) -> Reply:
    """Serve getFile."""
    file = call.world.get_file(call.tenant, call.parameters["file_id"])
    return Reply(body=representations.file(file, call.contract))


async def delete_file(call: Call) -> Reply:
    """Serve deleteFile."""
    file = call.world.delete_file(call.tenant, call.parameters["file_id"])
    return Reply(body={"id": file.id, "object": "file", "deleted": True})


async def get_file_content(call: Call) -> Reply:
    """Serve getFileContent: the bytes as they are. What the client says it accepts does not change the type."""
    file = call.world.get_file(call.tenant, call.parameters["file_id"])
    return Reply(body=file.content, media_type=file.media_type)
