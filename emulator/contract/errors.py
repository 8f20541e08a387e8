"""The one error of this package; it must not know who finds the fault."""

from pathlib import Path


class ContractError(Exception):
    """The contract itself is at fault: its file, the place in it, and what is wrong there."""

    def __init__(self, file: Path | str, place: str, wrong: str) -> None:
        super().__init__(f"{file}: {place}: {wrong}" if place else f"{file}: {wrong}")
        self.file = str(file)
        self.place = place
        self.wrong = wrong
