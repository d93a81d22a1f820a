"""Presets: a few levers moved at once, away from the evidence, to begin a discussion with; some for every setting."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from sim.app.address import Address, Change, in_order, one_of
from sim.app.community import Community
from sim.app.words import words
from sim.params import registry


class Preset(NamedTuple):
    """What is moved: to values, or to so many times what is usual in the setting; the settings it is for, or all."""

    values: dict[str, float]
    times: dict[str, float]
    settings: tuple[str, ...] = ()


PRESETS = MappingProxyType(
    {
        "few_places": Preset({}, {"care.slots_per_1000": 0.5}),
        "many_places": Preset({}, {"care.slots_per_1000": 2.0}),
        "heavy_year": Preset({}, {"distress.onset_hazard": 2.0}),
        "nobody_minds": Preset({"norms.conformity": 0.0}, {}),
        "everybody_minds": Preset({"norms.conformity": 3.0}, {}),
        "adults_out_of_reach": Preset({"seeking.leader_constant": -4.5}, {}, ("secondary_school",)),
        "leaders_weigh": Preset({"norms.leader_weight": 4.0}, {}, ("military_unit", "training_school")),
        "at_a_distance": Preset({"care.remote_share": 0.8}, {}, ("university_campus", "town")),
        "far_away": Preset({"care.access_burden": 0.7}, {}, ("town",)),
        "it_is_seen": Preset({"norms.disclosure": 0.6}, {}, ("workplace", "karate_club")),
    }
)


def offered(setting: str) -> list[dict[str, str]]:
    """The presets of a setting, its own first."""
    mine = [name for name, each in PRESETS.items() if setting in each.settings]
    common = [name for name, each in PRESETS.items() if not each.settings]
    return [{"name": name, "title": words()["levers"]["presets"][name]} for name in (*mine, *common)]


def taken(community: Community, name: Any) -> Address:
    """Where a preset leads: the same community from its beginning on, with these levers moved and no others."""
    here = community.address
    preset = PRESETS[one_of("preset", str(name), [each["name"] for each in offered(here.setting)])]
    values = preset.values | {lever: moved(community, lever, times) for lever, times in preset.times.items()}
    changes = in_order(Change(0, lever, value) for lever, value in values.items())
    return replace(here, changes=changes, additions=(), week=0)


def moved(community: Community, lever: str, times: float) -> float:
    """So many times what is usual here, as far as the lever goes."""
    about = registry()[lever]
    return float(f"{min(about.high, max(about.low, times * community.usual[lever])):.4g}")
