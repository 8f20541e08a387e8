"""Reading scenario files: YAML or JSON in, a scenario or every one of its problems out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from pydantic import ValidationError

from emulator.scenarios.errors import ScenarioError, parts_of
from emulator.scenarios.explaining import explained, nearest, problem_at
from emulator.scenarios.lines import LinesModel, unreachable
from emulator.scenarios.model import ScenarioModel
from emulator.scenarios.positions import Node, Source, Spot, merged
from emulator.scenarios.reading import MAX_BYTES, read
from emulator.scenarios.rules import RuleModel
from emulator.scenarios.types import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from emulator.scenarios.errors import Problem

Model = TypeVar("Model", bound=Part)
NOT_INHERITED: Final = frozenset({"scenario", "extends", "seen_in"})
_STAND_INS: Final = {"scenario": "unread", "title": "unread", "kind": "legal", "lifecycle": ["expires"]}
"""What takes the place of members that could not be read, so that the others can be checked."""


def load(file: Path, *, files: Mapping[str, Path]) -> ScenarioModel:
    """Return the scenario in a file; `files` are those that it may extend, by name. Raises ScenarioError."""
    loading = _Loading(files)
    root = loading.tree_of(file)
    return loading.scenario(root, name=file.stem)


def load_text(text: str, *, source: str, files: Mapping[str, Path]) -> ScenarioModel:
    """Return the scenario in a text, YAML or JSON; `source` is its name in problems. Raises ScenarioError."""
    loading = _Loading(files)
    return loading.scenario(loading.tree(Source(source, text)))


def load_rule(text: str, *, source: str) -> RuleModel:
    """Return the rule in a text, YAML or JSON, that stands for itself. Raises ScenarioError."""
    loading = _Loading({})
    return loading.rule(loading.tree(Source(source, text)))


def load_lines(text: str, *, source: str) -> LinesModel:
    """Return the outcomes of lines in a text, YAML or JSON, that stand for themselves. Raises ScenarioError."""
    loading = _Loading({})
    return loading.lines(loading.tree(Source(source, text)))


class _Loading:
    """One scenario on its way, and everything that is wrong with it."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._problems: list[Problem] = []
        self._unread: set[str] = set()

    def scenario(self, root: Node | None, *, name: str | None = None) -> ScenarioModel:
        """Return the scenario of a tree; `name` is that of its file."""
        if root is None:
            self._refuse()
        if name is not None:
            self._check_name(root, name)
        whole = self._with_base(root, names=(name,) if name else ())
        model = self._model(whole)
        if model is not None:
            self._note(problem_at(whole, steps, **parts_of(why)) for steps, why in model.problems(unread=self._unread))
        if model is None or self._problems:
            self._refuse()
        return model

    def rule(self, root: Node | None) -> RuleModel:
        """Return the rule of a tree."""
        return self._part(root, RuleModel) or self._refuse()

    def lines(self, root: Node | None) -> LinesModel:
        """Return the outcomes of lines of a tree."""
        model = self._part(root, LinesModel)
        if root is not None and model is not None:
            found = unreachable(model.lines)
            self._note(problem_at(root, ("lines", index), **parts_of(why)) for index, why in found)
        return self._refuse() if model is None or self._problems else model

    def _part(self, root: Node | None, model: type[Model]) -> Model | None:
        """Return a tree as what it is to be, or None when something is wrong with it."""
        if root is None or self._problems:
            return None
        try:
            return model.model_validate_json(json.dumps(root.plain()))
        except ValidationError as error:
            self._note(explained(error, root, model))
            return None

    # Reading

    def tree_of(self, file: Path) -> Node | None:
        """Return the tree of a file that holds a mapping."""
        try:
            with file.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as fault:
            self._note([_start(file).problem("", expected="a file that can be read", found=str(fault.strerror))])
            return None
        try:
            return self.tree(Source(str(file), data.decode("utf-8")))
        except UnicodeDecodeError as fault:
            before = data[: fault.start].decode("utf-8")
            spot = Spot(Source(str(file), before + "?"), len(before))
            self._note([spot.problem("", expected="UTF-8", found=f"the byte 0x{data[fault.start]:02x}")])
            return None

    def tree(self, source: Source) -> Node | None:
        """Return the tree of a text that holds a mapping."""
        root, problems = read(source)
        self._note(problems)
        if root is not None and isinstance(root.value, dict):
            return root
        if not problems:
            found = "nothing" if root is None else f"a {'list' if isinstance(root.value, list) else 'single value'}"
            at = root.at if root else Spot(source, 0)
            self._note([at.problem("", expected="a mapping", found=found)])
        return None

    def _check_name(self, root: Node, name: str) -> None:
        own = root.value.get("scenario")
        if own is not None and isinstance(own.value, str) and own.value != name:
            self._note([own.at.problem("scenario", expected=f"'{name}', as the file's name", found=f"'{own.value}'")])

    # Extending

    def _with_base(self, root: Node, *, names: tuple[str, ...]) -> Node:
        """Return the members of a scenario over those of the one that it extends; `names` are those on the way here."""
        extends = root.value.get("extends")
        if extends is None or extends.value is None:
            return root
        base = self._base(extends, names)
        if base is None:
            self._unread |= _STAND_INS.keys() - root.value.keys()
            base = Node({name: _node(value, extends.at) for name, value in _STAND_INS.items()}, extends.at)
        inherited = {name: member for name, member in base.value.items() if name not in NOT_INHERITED}
        return merged(Node(inherited, base.at), root)

    def _base(self, extends: Node, names: tuple[str, ...]) -> Node | None:
        name = extends.value
        if not isinstance(name, str):
            return None
        if name not in self._files:
            near = nearest(name, self._files)
            known = "" if near else f", one of {', '.join(sorted(self._files)) or 'none'}"
            self._note(
                [extends.at.problem("extends", expected=f"the name of a scenario{known}", found=f"'{name}'", near=near)]
            )
            return None
        if name in names:
            way = " → ".join((*names[names.index(name) :], name))
            why = {"reason": f"{way} is a circle", "expected": "a scenario that does not extend this one"}
            self._note([extends.at.problem("extends", **why, found=f"'{name}'")])
            return None
        root = self.tree_of(self._files[name])
        return self._with_base(root, names=(*names, name)) if root else None

    # Checking

    def _model(self, root: Node) -> ScenarioModel | None:
        """Return the scenario; where members are wrong, the scenario without them."""
        plain = root.plain()
        try:
            return _validated(plain)
        except ValidationError as error:
            self._note(explained(error, root, ScenarioModel))
            wrong = {
                str(each["loc"][0]) for each in error.errors(include_url=False, include_input=False) if each["loc"]
            }
            self._unread |= wrong
            return _validated(_STAND_INS | {name: value for name, value in plain.items() if name not in wrong})

    def _note(self, problems: Iterable[Problem]) -> None:
        """Keep problems, but only the first about one place: what is wrong as YAML is wrong in every other way too."""
        taken = {(each.file, each.line, each.column) for each in self._problems}
        self._problems += [each for each in problems if (each.file, each.line, each.column) not in taken]

    def _refuse(self) -> NoReturn:
        files = list(dict.fromkeys(each.file for each in self._problems))
        unique = dict.fromkeys(self._problems)
        raise ScenarioError(sorted(unique, key=lambda each: (files.index(each.file), each.line, each.column)))


def _validated(plain: Mapping[str, Any]) -> ScenarioModel:
    return ScenarioModel.model_validate_json(json.dumps(plain))


def _start(file: Path) -> Spot:
    return Spot(Source(str(file), ""), 0)


def _node(value: Any, at: Spot) -> Node:
    return Node([_node(item, at) for item in value] if isinstance(value, list) else value, at)
