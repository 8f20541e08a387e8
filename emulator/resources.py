"""Where the data that belongs to the program lies: `schemas/` and `scenarios/`.

Owns the two places such a folder can be in, and nothing else: it must not know what is in them.
"""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).parent


def folder(name: Literal["schemas", "scenarios"]) -> Path:
    """Find the folder beside the package in a checkout, or inside the package once installed.

    Raises FileNotFoundError, with both places in its sentence, if it is in neither.
    """
    installed, checkout = _PACKAGE / "_resources" / name, _PACKAGE.parent / name
    if installed.is_dir():
        return installed
    # Beside an installed package, a folder of that name may be anybody's; pyproject.toml tells a checkout.
    if checkout.is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    raise FileNotFoundError(f"the folder {name!r} is missing: it is neither {installed} nor {checkout}")
