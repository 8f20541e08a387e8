"""Owns how a response shows the settings it was asked with: as they came, or the default if unusable.

Must not know what the settings do. Clients parse what stands here into types, so a member of a wrong type is
left out and not passed on.
"""

from __future__ import annotations

from emulator.inference.values import mapping, mappings, string

_VERBOSITIES = ("low", "medium", "high")
_CHOICE_MODES = ("none", "auto", "required")
_HOSTED = (
    "file_search",
    "web_search_preview",
    "computer_use_preview",
    "code_interpreter",
    "image_generation",
)
_UNNAMED = "response"  # the name of a schema that came without one, which clients insist on
# What names the tool in a choice of that type.
_NAMED_BY = {"function": "name", "custom": "name", "mcp": "server_label"}


def metadata(value: object) -> dict[str, object]:
    """Return an object of strings; anything else is an empty one."""
    pairs = mapping(value)
    return pairs if all(isinstance(text, str) for text in pairs.values()) else {}


def truncation(value: object) -> str:
    """Return `auto` or, otherwise, `disabled`."""
    return "auto" if value == "auto" else "disabled"


def text(value: object) -> dict[str, object]:
    """Return the text configuration, of plain text if none can be used."""
    setting = mapping(value)
    verbosity = {"verbosity": setting["verbosity"]} if setting.get("verbosity") in _VERBOSITIES else {}
    return {"format": _format(mapping(setting.get("format"))), **verbosity}


def _format(form: dict[str, object]) -> dict[str, object]:
    kind = form.get("type")
    if kind == "json_schema" and isinstance(form.get("schema"), dict):
        known = _typed(form, name=str, schema=dict, description=str, strict=bool)
        return {"type": kind, "name": _UNNAMED, **known}
    return {"type": "json_object" if kind in ("json_object", "json_schema") else "text"}


def _typed(members: dict[str, object], **types: type) -> dict[str, object]:
    """Return those members that have the type given for them."""
    return {name: members[name] for name, kind in types.items() if isinstance(members.get(name), kind)}


def tool_choice(value: object) -> object:
    """Return a mode or an object that chooses a tool; `auto` if it can be neither."""
    if isinstance(value, str):
        return value if value in _CHOICE_MODES else "auto"
    choice = mapping(value)
    return _hosted(choice) or _named(choice) or _allowed(choice) or "auto"


def _hosted(choice: dict[str, object]) -> dict[str, object] | None:
    return {"type": choice["type"]} if choice.get("type") in _HOSTED else None


def _named(choice: dict[str, object]) -> dict[str, object] | None:
    kind = string(choice.get("type")) or ""
    if kind not in _NAMED_BY or not isinstance(choice.get(_NAMED_BY[kind]), str):
        return None
    return {"type": kind, **_typed(choice, server_label=str, name=str)}


def _allowed(choice: dict[str, object]) -> dict[str, object] | None:
    if choice.get("type") != "allowed_tools" or choice.get("mode") not in ("auto", "required"):
        return None
    allowed = (_typed(tool, type=str, name=str, server_label=str) for tool in mappings(choice.get("tools")))
    return {
        "type": "allowed_tools",
        "mode": choice["mode"],
        "tools": [tool for tool in allowed if "type" in tool],
    }


def tools(value: object) -> list[object]:
    """Return the tools that have a type, and of the functions those that have a name."""
    return [shown for tool in mappings(value) if (shown := _tool(tool))]


def _tool(tool: dict[str, object]) -> dict[str, object] | None:
    if tool.get("type") != "function":
        return tool if isinstance(tool.get("type"), str) else None
    known = _typed(tool, name=str, description=str, parameters=dict, strict=bool)
    return {"type": "function", **known} if "name" in known else None
