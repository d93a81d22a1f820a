"""A scenario with some values changed, thousands of times over at little cost: ``scenario.override`` in bulk.

What ``override`` checks again for every scenario is checked here once for every new value. Wherever the quick way finds
a fault, ``override`` itself is asked, so that both refuse the same things in the same words.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim import rules
from sim.checking import nodes_at, schema_of, validated
from sim.errors import InputError, nearest
from sim.params import registry
from sim.reading import Keys
from sim.scenario import ASKED, check_not_pinned, names_of, number, override, plain
from sim.schema import Intervention, Scenario

if TYPE_CHECKING:
    from sim.schema import Setting

SHORT = {"people": "setting.people", "burn_in": "setting.burn_in"}  # names that need no prefix here

Values = tuple[Any, ...]


class Variants:
    """One scenario, and those that come of it when the values of ``names`` are changed.

    A name that this scenario does not know (a field of another scenario's plan) changes nothing in it.
    """

    def __init__(self, base: Scenario, names: Sequence[str]) -> None:
        known = names_of(base)
        self.base = base
        self.names = {place: SHORT.get(name, name) for place, name in enumerate(names)}
        self.keys: dict[int, Keys] = {place: known[name] for place, name in self.names.items() if name in known}
        for name in (self.names[place] for place, keys in self.keys.items() if keys[0] == "parameters"):
            check_not_pinned(name, base.interventions)
        origin = {self.names[place]: ASKED for place, keys in self.keys.items() if keys[0] == "parameters"}
        self.origins = base.origins | origin
        self.forget()

    def forget(self) -> None:
        """Drop what was made so far, so that memory stays bounded."""
        self._made: dict[Hashable, Scenario | InputError] = {}
        self._settings: dict[Hashable, tuple[Setting, int]] = {}
        self._items: dict[Hashable, Intervention] = {}

    def scenario(self, values: Values) -> Scenario:
        """The scenario with these values, one for each name; equal values give the same object."""
        effective = tuple(values[place] for place in self.keys)
        key = tuple(map(keyed, effective))
        if key not in self._made:
            try:
                self._made[key] = self._make(values)
            except InputError as error:
                self._made[key] = error
        found = self._made[key]
        if isinstance(found, InputError):
            raise found
        return found

    def _make(self, values: Values) -> Scenario:
        """One scenario anew."""
        if not self.keys:
            return self.base
        changes = {self.names[place]: values[place] for place in self.keys}
        try:
            return self._quick(values)
        except InputError:
            override(self.base, changes)  # says the same in full
            raise

    def _quick(self, values: Values) -> Scenario:
        """One scenario out of checked parts."""
        parameters = dict(self.base.parameters)
        outside: dict[str, Any] = {}
        items: dict[str, dict[Keys, Any]] = {}
        for place, keys in self.keys.items():
            name, value = self.names[place], values[place]
            if keys[0] == "parameters":
                parameters[name] = number(name, value)
                rules.check_range(registry()[name], parameters[name], keys, {})
            elif keys[0] == "interventions":
                items.setdefault(str(keys[1]), {})[keys[2:]] = plain(value, keys)
            else:
                outside[name] = value
        setting, weeks = self._outside(outside)
        interventions = dict(self.base.interventions)
        for name, changes in items.items():
            interventions[name] = self._item(name, changes)
        update = {
            "parameters": parameters,
            "setting": setting,
            "weeks": weeks,
            "interventions": interventions,
            "origins": self.origins,
        }
        return self.base.model_copy(update=update)

    def _outside(self, changes: Mapping[str, Any]) -> "tuple[Setting, int]":
        """The setting and the number of weeks."""
        if not changes:
            return self.base.setting, self.base.weeks
        key = tuple((name, keyed(value)) for name, value in changes.items())
        if key not in self._settings:
            made = override(self.base, changes)
            self._settings[key] = (made.setting, made.weeks)
        return self._settings[key]

    def _item(self, name: str, changes: Mapping[Keys, Any]) -> Intervention:
        """An intervention with some fields changed."""
        key = (name, *((keys, keyed(value)) for keys, value in changes.items()))
        if key not in self._items:
            data = self.base.interventions[name].model_dump(mode="json")
            for keys, value in changes.items():
                here: Any = data
                for part in keys[:-1]:
                    here = here[part]
                here[keys[-1]] = value
            made = validated(Intervention, data, {})
            rules.check_interventions({name: made}, {})
            self._items[key] = made
        return self._items[key]


def keyed(value: Any) -> Hashable:
    """A value as part of a key: 1, 1.0 and true are three."""
    return (type(value).__name__, value) if isinstance(value, Hashable) else (type(value).__name__, repr(value))


def families(bases: Sequence[Scenario], names: Sequence[str]) -> list[bool]:
    """For each name whether it changes how a world begins: a parameter or the setting, not a plan or the weeks."""
    known = [{name: keys[0] for name, keys in names_of(base).items()} for base in bases]
    early = ("parameters", "setting")
    return [any(each.get(SHORT.get(name, name)) in early for each in known) for name in names]


def where(base: Scenario, name: str) -> Keys | None:
    """Where a name leads to in a scenario."""
    return names_of(base).get(SHORT.get(name, name))


def check_names(bases: Sequence[Scenario], names: Sequence[str]) -> None:
    """Refuse names that no scenario knows, and two that mean one thing."""
    known: dict[str, Keys] = {}
    for base in bases:
        known |= names_of(base)
    seen: dict[Keys, str] = {}
    for name in names:
        full = SHORT.get(name, name) if isinstance(name, str) else name
        if full not in known:
            allowed = "a parameter, <intervention>.<field>, people, burn_in, weeks or setting.<field>"
            hint = nearest(name, [*known, *SHORT])
            raise InputError("there is no such name to vary", key=f"vary.{name}", allowed=allowed, hint=hint)
        if known[full] in seen:
            raise InputError("two names mean the same", key=f"vary.{name}", found=f"{seen[known[full]]} and {name}")
        seen[known[full]] = name


def whole(bases: Sequence[Scenario], name: str) -> bool:
    """Whether only whole numbers can stand for a name."""
    keys = next((keys for keys in (where(base, name) for base in bases) if keys is not None), ())
    if keys[:1] == ("parameters",):
        return False
    wanted = {node.get("type") for node in nodes_at(schema_of(Scenario), keys, None)}
    return "integer" in wanted and "number" not in wanted
