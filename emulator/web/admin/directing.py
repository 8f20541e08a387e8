"""Scenarios, rules and outcomes of lines: what there is, what is in force, and what is added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.domain.errors import InvalidRequest
from emulator.web.admin import payloads, views

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario
    from emulator.web.admin.call import AdminCall


async def list_scenarios(call: AdminCall) -> Any:
    """Show the library's scenarios, and those of the world that the call names, if it names one."""
    library, world = call.worlds.services.library, call.world_if_any()
    own = world.scenarios() if world else {}
    names = sorted({*library.names, *own})
    return {"data": [views.scenario(own.get(name) or library.scenario(name)) for name in names]}


async def get_scenario(call: AdminCall) -> Any:
    """Show one scenario, with its text."""
    scenario = _find(call)
    return {**views.scenario(scenario), "text": scenario.text}


def _find(call: AdminCall) -> Scenario:
    name, world = call.request.path_params["name"], call.world_if_any()
    return world.find_scenario(name) if world else call.worlds.services.library.scenario(name)


async def put_scenario(call: AdminCall) -> Any:
    """Add a scenario, YAML or JSON: to the world that the call names, or, if it names none, to the library."""
    name, library, world = call.request.path_params["name"], call.worlds.services.library, call.world_if_any()
    scenario = library.read(await payloads.read_text(call.request), name=name)
    if world is None:
        library.add(scenario)
    else:
        world.add_scenario(scenario)
    return views.scenario(scenario)


async def delete_scenario(call: AdminCall) -> Any:
    """Take back a scenario that was added."""
    name, world = call.request.path_params["name"], call.world_if_any()
    if world is None:
        call.worlds.services.library.remove(name)
    else:
        world.remove_scenario(name)
    return {"name": name, "deleted": True}


async def use_scenario(call: AdminCall) -> Any:
    """Let the world's batches follow a scenario, where nothing else is chosen."""
    world, body = call.world(), await payloads.read(call.request, payloads.USE)
    if not body:
        raise InvalidRequest('Expected {"name": "happy-path"}, or another scenario, found no body.')
    return views.world(world.use(body["name"]))


async def list_rules(call: AdminCall) -> Any:
    """Show the rules in force for the whole world, and how often each has matched and fired."""
    return {"data": [views.rule(rule, count) for rule, count in call.world().rules()]}


async def add_rules(call: AdminCall) -> Any:
    """Put a rule in force."""
    world = call.world()
    added = world.add_rule(await payloads.read_rule(call.request))
    return {"rule": added.key}


async def delete_rules(call: AdminCall) -> Any:
    """Take all rules that were added out of force, or the one that `?rule=` names."""
    key = call.request.parameter("rule")
    call.world().remove_rules(key)
    return {"rule": key, "deleted": True}


async def delete_rule(call: AdminCall) -> Any:
    """Take one rule out of force."""
    key = call.request.path_params["rule"]
    call.world().remove_rules(key)
    return {"rule": key, "deleted": True}


async def add_lines(call: AdminCall) -> Any:
    """Let lines come out like this, whatever their scenario says."""
    world = call.world()
    lines = await payloads.read_lines(call.request)
    world.add_lines(lines)
    return {"lines": len(lines)}


async def delete_lines(call: AdminCall) -> Any:
    """Leave it to the scenarios again what comes of lines."""
    call.world().remove_lines()
    return {"deleted": True}
