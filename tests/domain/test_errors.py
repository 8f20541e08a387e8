from __future__ import annotations

import pytest

from emulator.domain import errors


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.InvalidRequest("limit: expected 1."), "limit: expected 1."),
        (errors.NotFound("batch", "batch_1"), "No batch found with id 'batch_1'."),
        (errors.CancelRefused("completed"), "Cannot cancel a batch with status 'completed'."),
        (errors.Unauthorized("No key."), "No key."),
        (errors.RateLimited("60/minute"), "Rate limit exceeded: 60/minute."),
        (errors.TooLarge("The body", 1_000_000), "The body is too large: expected at most 1,000,000 bytes."),
        (errors.UnsupportedMediaType("a", "b"), "Content-Type: expected a, found b."),
        (errors.MethodNotAllowed("PUT", ("GET", "POST")), "Method PUT is not allowed here: expected GET or POST."),
        (
            errors.TooManyWorlds(3),
            "All 3 worlds are in use: delete one, or start the server with a larger --max-worlds.",
        ),
        (
            errors.NothingToCome("batch_1", "failed"),
            "Batch 'batch_1' has ended with status 'failed': nothing is to come.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_error_states_its_fact_in_a_sentence(error: errors.EmulatorError, sentence: str) -> None:
    assert isinstance(error, errors.EmulatorError)
    assert str(error) == sentence


def test_equal_facts_are_still_two_errors() -> None:
    assert errors.NotFound("batch", "a") != errors.NotFound("batch", "a")
