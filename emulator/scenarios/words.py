"""The words in which a scenario says what it asks of its client, and what of the contract it breaks."""

from __future__ import annotations

from typing import Final

TOLERATES: Final = {
    "http-errors": "an error is answered where nothing took place, and the same call succeeds when it is repeated",
    "lost-reply": "a call takes effect, but its reply is an error or is lost",
    "late-file-ids": "an ended batch shows its files' ids only later",
    "late-files": "a file's id is shown before its bytes can be had",
    "lost-files": "a result file is gone although its id is shown",
    "empty-error-file": "an error file is there in which nothing stands",
    "empty-output-file": "an output file is there in which nothing stands",
    "duplicate-lines": "a failed line stands in both files",
    "failed-in-output": "a failed line stands in the output file alone",
    "any-order": "results come in another order than the input",
    "late-counts": "request_counts are zero for a while although lines are running",
    "late-listing": "a batch is missing from the list at first",
    "growing-list": "batches appear while the list is being paged",
    "older-edition": "replies are those of an older edition",
}
"""What a legal scenario may ask of a client beyond the documented sample."""

BREAKS: Final = {
    "status": "a reply has a status that the contract does not have for it: other than 200, 4xx and 5xx, say",
    "schema": "a reply is JSON that does not fit its schema",
    "json": "a reply's body is not JSON",
    "content-type": "a reply says that it is of another type than the contract has for it",
    "transport": "the connection fails before a reply is complete, or the reply does not come in time",
    "lifecycle": "statuses follow each other as they must not, or none that ends the batch comes within its window",
    "timestamps": "a batch's timestamps do not agree with its statuses, or change",
    "identity": "a batch shows another id, endpoint, input file or metadata than it was created with",
    "file-ids": "the ids of a batch's files are shown before its end, change or vanish",
    "list": "a list leaves out a batch for good, shows one twice, or does not end",
    "bytes": "a file's bytes are not those that its size and hash tell of",
    "missing-lines": "finished, or expired, lines stand in neither file",
    "invented-lines": "a file holds a custom_id that the input does not",
    "malformed-lines": "a file holds what is no result line",
    "repeated-lines": "a line stands twice in one file",
    "swapped-lines": "a line's result stands under another's custom_id",
    "misplaced-lines": "a line that succeeded stands in the error file",
    "counts": "request_counts do not agree with the files",
}
"""What a hostile scenario may break."""
