"""The operations, for families of checks that have one of each: what names begin with, the operation, and its call."""

from __future__ import annotations

from typing import Final

OPERATIONS: Final = (
    ("create", "createBatch", "batches.create"),
    ("list", "listBatches", "batches.list"),
    ("get", "getBatch", "batches.get"),
    ("cancel", "cancelBatch", "batches.cancel"),
    ("upload", "uploadFile", "files.upload"),
    ("files", "listFiles", "files.list"),
    ("file", "getFile", "files.get"),
    ("delete", "deleteFile", "files.delete"),
    ("content", "getFileContent", "files.content"),
)
