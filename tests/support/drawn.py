"""Those parts of the README that follow from the code, as they must stand there."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from emulator import resources
from emulator.cli import serve
from emulator.contract.editions import EDITIONS
from emulator.domain.lifecycle import TERMINAL, TRANSITIONS, Status
from emulator.inference.fitting import BEYOND, DEEPEST, STEPS
from emulator.inference.keywords import READERS
from emulator.inference.replying import ENDPOINTS
from emulator.inference.scalars import FORMATS
from emulator.scenarios.library import Library
from emulator.web.effects.registry import REPLY_EFFECTS, WIRE_EFFECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import click

    from emulator.domain.scenario import Scenario


def lifecycle() -> str:
    """Return the table of transitions as a Mermaid diagram."""
    arrows = [f"    {start} --> {end}" for start in Status for end in Status if end in TRANSITIONS[start]]
    ends = [f"    {status} --> [*]" for status in Status if status in TERMINAL]
    return "\n".join(["stateDiagram-v2", "    [*] --> validating", *arrows, *ends])


def serve_options() -> str:
    """Return the options of `serve` as a table."""
    rows = [_option(each) for each in serve.params]
    return "\n".join(["| option | in the environment | default | does |", "|---|---|---|---|", *rows])


def _option(parameter: click.Parameter) -> str:
    told: Any = parameter.to_info_dict()
    default = told["default"] if isinstance(told["default"], str | int) and not told.get("is_flag") else None
    shown = "" if default is None else f"`{default}`"
    return f"| `{parameter.opts[0]}` | `{parameter.envvar}` | {shown} | {told['help']} |"


def words(of: Iterable[str]) -> str:
    """Return names in a row, each as code."""
    return ", ".join(f"`{each}`" for each in of)


def library() -> tuple[Scenario, ...]:
    """Return all scenarios of the library."""
    known = Library(resources.folder("scenarios"))
    return tuple(map(known.scenario, known.names))


def effects() -> Iterator[tuple[str, str]]:
    """Yield the keys of each effect and what it does, in the order in which they come: the modules' own sentences."""
    modules = (sys.modules[effect.__module__] for effect in (*REPLY_EFFECTS, *WIRE_EFFECTS))
    for module in dict.fromkeys(modules):
        keys, _, sentence = str(module.__doc__).partition(": ")
        yield ", ".join(re.findall(r"`\w+`", keys)), sentence.rstrip(".")


def drawn() -> dict[str, str]:
    """Return all parts by their names."""
    looked_at = {"const", *READERS} - {"not"}
    kinds = [scenario.kind for scenario in library()]
    return {
        "KINDS": f"{kinds.count('legal')} are **legal**, {kinds.count('hostile')} are **hostile**",
        "MERMAID": lifecycle(),
        "OPTIONS": serve_options(),
        "EDITIONS": words(EDITIONS),
        "ENDPOINTS": words(ENDPOINTS),
        "HONOURED": words(sorted(looked_at)),
        "FORMATS": words(FORMATS),
        "BEYOND": words(BEYOND),
        "STEPS": str(STEPS),
        "DEEPEST": str(DEEPEST),
    }
