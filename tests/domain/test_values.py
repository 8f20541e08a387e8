from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.domain.values import changed


@dataclass(frozen=True)
class Sample:
    number: int
    text: str = ""
    items: tuple[int, ...] = field(default=())


@given(st.integers(), st.text(), st.fixed_dictionaries({}, optional={"number": st.integers(), "text": st.text()}))
def test_value_is_changed_as_the_library_changes_it(number: int, text: str, changes: dict[str, object]) -> None:
    value = Sample(number, text, (1, 2))
    before = repr(value)
    copy = changed(value, **changes)
    assert copy == replace(value, **changes)  # type: ignore[arg-type]
    assert hash(copy) == hash(replace(value, **changes))  # type: ignore[arg-type]
    assert repr(value) == before


def test_copy_is_as_frozen_as_the_value() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(Sample(1), number=2).number = 3  # type: ignore[misc]


def test_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="Sample has no field 'colour'"):
        changed(Sample(1), number=2, colour="red")
