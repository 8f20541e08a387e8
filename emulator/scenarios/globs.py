"""Whether a glob can match anything of a certain shape."""

from __future__ import annotations

import re
from typing import Final

_GLOB: Final = re.compile(r"\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_TEMPLATE: Final = re.compile(r"\{[^}]*\}|\*|.", re.DOTALL)


def can_match(glob: str, template: str) -> bool:
    """Return whether there is a text that both fit.

    In the template `{name}` stands for one segment of a path, and `*` for anything. What a set such as `[a-z]` holds is
    not looked at: it fits any character.
    """
    wanted = [_WILD.get(token, "?" if len(token) > 1 else token) for token in _GLOB.findall(glob)]
    wanted = [token if token != "?" else _ONE for token in wanted]
    there = [each for token in _TEMPLATE.findall(template) for each in _of_template(token)]
    seen: set[tuple[int, int]] = set()
    open_ends = [(0, 0)]
    while open_ends:
        at = open_ends.pop()
        if at == (len(wanted), len(there)):
            return True
        if at not in seen:
            seen.add(at)
            open_ends += _next(wanted, there, *at)
    return False
