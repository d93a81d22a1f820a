"""A scenario shows itself before it runs: every number with unit and source, every action with its date."""

from typing import Any

from sim.params import Parameter, registry
from sim.rules import kinds
from sim.schema import Intervention, Scenario

FOREVER = 5200  # weeks: the longest run


def explain(scenario: Scenario) -> dict[str, Any]:
    """Everything that a scenario resolves to, as plain data."""
    setting = scenario.setting.model_dump(mode="json", exclude={"parameters", "extends", "kind", "weeks"})
    items = scenario.interventions.items()
    return {
        "setting": {"name": scenario.setting_name, **setting},
        "plans": list(scenario.plan_names),
        "weeks": scenario.weeks,
        "digest": scenario.digest(),
        "interventions": [intervention(name, item, scenario) for name, item in items],
        "calendar": calendar(scenario),
        "costs": {name: cost(item) for name, item in items},
        "parameters": [parameter(each, scenario) for each in registry().values()],
        "notes": notes(scenario),
    }


def described(each: Parameter, value: float) -> dict[str, Any]:
    """A value with what is known of it."""
    about = {"label": each.label, "meaning": each.meaning, "value": value, "unit": each.unit, "low": each.low}
    return about | {"high": each.high, "kind": each.kind, "source": each.source, "evidence": each.evidence}


def parameter(each: Parameter, scenario: Scenario) -> dict[str, Any]:
    """One parameter, and who changed it."""
    value = scenario.parameters[each.name]
    origin = scenario.origins.get(each.name, "registry")
    return {"name": each.name, **described(each, value), "usual": each.value, "changed": value != each.value} | {
        "why": each.why,
        "origin": origin,
    }


def intervention(name: str, item: Intervention, scenario: Scenario) -> dict[str, Any]:
    """One intervention: whom it reaches, what it does, when."""
    plain = item.model_dump(mode="json", exclude={"effects", "cost"})
    return {
        "name": name,
        "origin": scenario.origins.get(name, ""),
        **plain,
        "strength": item.fidelity * item.dose,
        "effects": effects(item, scenario),
        "actions": actions(item),
    }


def effects(item: Intervention, scenario: Scenario) -> list[dict[str, Any]]:
    """What an intervention changes at strength 1, and whether the plan, the setting or the registry says so."""
    found = []
    for handle, each in kinds()[item.kind].items():
        own = handle in item.effects
        value = item.effects[handle] if own else scenario.parameters[each.name]
        origin = "plan" if own else scenario.origins.get(each.name, "registry")
        found.append({"handle": handle, **described(each, value), "changed": value != each.value, "origin": origin})
    return found


def actions(item: Intervention) -> list[dict[str, Any]]:
    """The dated actions of an intervention: deliveries with their strength, and what happens afterwards."""
    strength, end = item.fidelity * item.dose, item.start + item.length - 1
    found = [action(item.start, end, strength, f"delivered at strength {strength:g}")]
    for booster in item.boosters:
        week, again = item.start + booster.week, strength * booster.strength
        found.append(action(week, week, again, f"booster at strength {again:g}"))
    if end >= FOREVER:
        return found
    if item.half_life is None:
        return [*found, action(end + 1, None, strength, "the effect is kept")]
    if item.half_life == 0:
        return [*found, action(end + 1, None, 0.0, "the effect ends with the delivery")]
    return [*found, action(end + 1, None, None, f"the effect halves every {item.half_life:g} weeks")]


def action(first: int, last: int | None, strength: float | None, what: str) -> dict[str, Any]:
    """One line of a calendar."""
    return {"from_week": first, "to_week": last, "strength": strength, "what": what}


def calendar(scenario: Scenario) -> list[dict[str, Any]]:
    """All that happens on a date, in order."""
    found = [{"who": name, **each} for name, item in scenario.interventions.items() for each in actions(item)]
    for event in scenario.setting.events:
        if event.kind == "dissolve":
            what = f"groups dissolve; new groups of {event.size:g} form, with {event.ties:g} ties a person"
            found.append({"who": "setting", **action(event.week, event.week, None, what)})
        else:
            what = f"a stressful time: episodes begin {event.factor:g} times as often"
            found.append({"who": "setting", **action(event.week, event.week + event.length - 1, None, what)})
    return sorted(found, key=lambda each: (each["from_week"], each["who"]))


def cost(item: Intervention) -> dict[str, Any]:
    """What an intervention costs, and how the total is made up."""
    total = "fixed + per_person x persons reached + per_week x weeks at full strength"
    return {**item.cost.model_dump(mode="json"), "total": total}


def notes(scenario: Scenario) -> list[str]:
    """What might surprise whoever runs this."""
    found = []
    units = scenario.setting.units
    for name, item in scenario.interventions.items():
        if item.start > scenario.weeks:
            found.append(f"{name} begins in week {item.start}, after the last week ({scenario.weeks}): it does nothing")
        if item.reach * item.fidelity * item.dose == 0:
            found.append(f"{name} reaches nobody or has no strength: the same as without it")
        if item.who == "leaders" and units and not any(unit.leaders for unit in units):
            found.append(f"{name} is for leaders, and this setting has none: it does nothing")
    for event in scenario.setting.events:
        if event.week > scenario.weeks:
            found.append(f"an event ({event.kind}) falls in week {event.week}, after the last week ({scenario.weeks})")
    return found
