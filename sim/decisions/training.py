"""Whom to train: rules that choose so many people of one network, compared at equal cost on fresh seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import comparing, seeding, study, wording
from sim.decisions import board, chances, equity, greedy
from sim.decisions.greedy import Choice, Trials
from sim.errors import InputError, listed, nearest, shown
from sim.interventions import SERVICE_LEVELS
from sim.measures import BY_NAME, HIGHER
from sim.population import World, build_structure, reached, record
from sim.rules import kinds
from sim.scenario import override
from sim.wording import inner, joined

if TYPE_CHECKING:
    from sim.schema import Intervention, Scenario

GREEDY, NOBODY, RANDOM = "greedy", "nobody", "random"
RULES = {
    RANDOM: "at random",
    "nominated": "whom most others trust",
    "degree": "most trust given and received",
    "k_core": "in the core of the network",
    "betweenness": "on most shortest paths",
    "group_spread": "the most trusted of each group",
    GREEDY: "one by one, whoever adds most in the model",
}
CENTRAL = ("nominated", "degree", "k_core", "betweenness", "group_spread")
UNLIKE = 0.9  # a chance to be the best below which a rule is not told apart from the others


@dataclass(frozen=True)
class Found:
    """What came of it."""

    scenario: "Scenario"
    intervention: str
    measure: str
    number: int
    rules: list[str]
    values: np.ndarray  # (fresh seeds, nobody and then the rules)
    people: dict[str, list[int]]  # in one's own network, whom each rule but chance chooses: the same for all seeds
    candidates: int  # whom the greedy rule chose among
    training_worlds: int  # lived to choose
    worlds: int  # lived to compare
    uncertainty: str = wording.LUCK


def compared(
    scenario: "Scenario",
    rules: Sequence[str],
    number: int,
    measure: str,
    seeds: Sequence[int],
    training: Sequence[int],
    candidates: int,
    intervention: str | None = None,
    tell: greedy.Tell | None = None,
    draws: study.Drawing | None = None,
) -> Found:
    """Compare rules on ``seeds``; the greedy one chooses on the seeds ``training``, which must be others.

    In one's own network a rule chooses once, and these people are trained with every seed. In a made community other
    people live in each seed, so a rule chooses anew. ``draws`` gives each seed its parameters, the same for all rules.
    """
    checked(rules, seeds, training)
    own = scenario.setting.network is not None
    if GREEDY in rules and not own:
        message = "in a made community other people live in each seed, so nobody can be chosen by trying"
        raise InputError(message, key="--rule", found=GREEDY, allowed="your own network: --ties, or karate_club")
    name = one_of(scenario, intervention)
    scenario, people = reaching(scenario, name, number)
    sets = {rule: by_rule(scenario, name, rule) for rule in CENTRAL} if own else {}
    worlds, tried = 0, []
    if GREEDY in rules:
        search = Trials(scenario, name, measure, training, draws)
        tried = central(sets, scenario, name, people, max(candidates, number + 1))
        sets[GREEDY] = greedy.chosen(search, tried, number, tell)
        worlds = search.worlds
    if tell:
        tell(f"{len(rules)} rules on {len(seeds)} fresh seeds")
    final = Trials(scenario, name, measure, seeds, draws)
    choices: list[Choice] = [sets.get(rule, rule) for rule in rules]
    values = final.by_seed([[], *choices])
    chosen = {rule: sets[rule] for rule in rules if rule in sets}
    holds = wording.LUCK_AND_PARAMETERS if draws else wording.LUCK
    return Found(scenario, name, measure, number, list(rules), values, chosen, len(tried), worlds, final.worlds, holds)


def checked(rules: Sequence[str], seeds: Sequence[int], training: Sequence[int]) -> None:
    """Refuse rules that there are not, and to judge a choice by the seeds on which it was made."""
    for place, rule in enumerate(rules):
        if rule in rules[:place]:
            raise InputError("a rule is named twice", key="--rule", found=rule)
        if rule not in RULES:
            hint = nearest(rule, RULES)
            raise InputError("there is no such rule", key="--rule", found=shown(rule), allowed=listed(RULES), hint=hint)
    if RANDOM not in rules:
        raise InputError(
            "rules are compared with chance", key="--rule", found=listed(rules), allowed="random among them"
        )
    if set(seeds) & set(training):
        raise InputError("a choice is judged on seeds on which it was not made", key="--seeds")


def one_of(scenario: "Scenario", asked: str | None) -> str:
    """The intervention that people are chosen for."""
    items = {name: item for name, item in scenario.interventions.items() if item.unit == "person" and personal(item)}
    if asked is None and len(items) == 1:
        return next(iter(items))
    if asked in items:
        return asked
    found = shown(asked) if asked else listed(scenario.interventions) or "none"
    message = "people are chosen one by one for one intervention"
    raise InputError(message, key="--intervention", found=found, allowed=listed(items) or "a plan that chooses persons")


def personal(item: "Intervention") -> bool:
    """Whether an intervention does something to those whom it reaches, and not only to the services of a place."""
    return not set(kinds()[item.kind]) <= set(SERVICE_LEVELS)


def reaching(scenario: "Scenario", name: str, number: int) -> "tuple[Scenario, np.ndarray]":
    """The scenario in which an intervention reaches so many by chance, and the places of all who are eligible."""
    item = scenario.interventions[name]
    made = build_structure(World(scenario, 1), record(scenario.parameters))
    people = np.flatnonzero(seeding.allowed(item, made, made.group_at(item.start)))
    if not 0 < number < people.size:
        allowed = f"1 to {people.size - 1}, of {people.size} who are eligible"
        raise InputError("so many cannot be chosen", key="--number", found=shown(number), allowed=allowed)
    changes = {f"plans.{name}.reach": number / people.size, f"plans.{name}.seeding": RANDOM}
    return override(scenario, changes), people


def by_rule(scenario: "Scenario", name: str, rule: str, seed: int = 1) -> list[int]:
    """Whom a rule chooses with one seed."""
    changed = override(scenario, {f"plans.{name}.seeding": rule})
    world, parameters = World(changed, seed), record(changed.parameters)
    marks = reached(world, build_structure(world, parameters), parameters)
    bit = list(changed.interventions).index(name)
    return [int(person) for person in np.flatnonzero(marks & np.uint32(1 << bit))]


def central(sets: dict[str, list[int]], scenario: "Scenario", name: str, people: np.ndarray, most: int) -> list[int]:
    """Whom the greedy rule may choose: those whom other rules choose, and the most trusted after them."""
    wider = override(scenario, {f"plans.{name}.reach": min(1.0, most / people.size)})
    more = [by_rule(wider, name, rule) for rule in ("nominated", "betweenness", "group_spread")]
    rows = [[person for rule in CENTRAL for person in sets.get(rule, ())]]
    rows += [[person for each in zip(*more, strict=False) for person in each]]
    return list(dict.fromkeys(person for row in rows for person in row))[:most]


def table(found: Found) -> pd.DataFrame:
    """Each rule: its level, its gain over nobody, and its difference from chance, with Holm's correction."""
    sign = 1.0 if BY_NAME[found.measure].better == HIGHER else -1.0
    base = 1 + found.rules.index(RANDOM)
    best = chances.of_being_best(found.values[:, 1:], BY_NAME[found.measure])
    rows: list[dict[str, Any]] = []
    for place, rule in enumerate(found.rules, 1):
        against = comparing.difference(found.values[:, base], found.values[:, place], paired=True)
        nobody = comparing.difference(found.values[:, 0], found.values[:, place], paired=True)
        row = {"rule": rule, "how": RULES[rule], "n": against["n"], "level": nobody["mean_plan"]}
        row |= {f"{key}_from_nobody": nobody[key] for key in ("difference", "low", "high")}
        row |= {key: against[key] for key in ("difference", "low", "high", "standard_error")}
        rows.append(row | {"gain": sign * against["difference"], "chance_of_being_best": float(best[place - 1])})
    made = pd.DataFrame(rows)
    others = made.rule != RANDOM
    made["worse"], made["better"] = equity.one_sided(made)
    made["verdict"] = "what chance does"
    if others.any():
        made.loc[others, "verdict"] = equity.verdicts(made[others])
    return made


def in_words(found: Found) -> list[tuple[str, str]]:
    """The answer, a heading and a text for each part."""
    rows, how = table(found), wording.said(found.measure)
    random = rows[rows.rule == RANDOM].iloc[0]
    ends = [random[f"{key}_from_nobody"] for key in ("difference", "low", "high")]
    change = f"{wording.change(found.measure, *ends)} {how.step}"
    made = [
        ("In short", short(found, rows)),
        ("Against nobody", f"{found.number} people at random change it by {change}."),
        ("How sure", f"{sure(found)} {wording.ANSWERS[found.uncertainty]} {where(found)}"),
    ]
    if found.uncertainty == wording.LUCK_AND_PARAMETERS:
        made.append(("Draw by draw", draw_by_draw(found, rows)))
    if GREEDY in found.rules:
        made.append(
            (
                "What the search took",
                f"The greedy rule lived {found.training_worlds:,} worlds to choose among {found.candidates} candidates"
                ", on other seeds than those it is judged on; all rules together needed "
                f"{found.worlds:,} more to be compared.",
            )
        )
    return made


def draw_by_draw(found: Found, rows: pd.DataFrame) -> str:
    """In how many draws of the parameters the rule that is most likely the best did better than chance."""
    others = rows[rows.rule != RANDOM]
    if others.empty:
        return ""
    rule = others.sort_values("chance_of_being_best", kind="stable").rule.iloc[-1]
    values = dict(zip(found.rules, found.values.T[1:], strict=True))
    return board.in_draws(f"“{rule}”", "chance", values[rule] - values[RANDOM], found.measure)


def sure(found: Found) -> str:
    """What was compared, and how."""
    others = len(found.rules) - 1
    were = f"{wording.counted(others, 'rule')} {'was' if others == 1 else 'were'} compared with chance"
    correction = ", with Holm’s correction" if others > 1 else ""
    return f"{were}{correction}; all cost the same: each trains equally many."


def where(found: Found) -> str:
    """Of what communities an answer is true, if it is."""
    if found.scenario.setting.network is not None:
        return "It is about this one network, as it was written down."
    return "Each seed was another made community, in which each rule chose anew; a real one may be made differently."


def short(found: Found, rows: pd.DataFrame) -> str:
    """Which rules beat chance, if any does."""
    how = wording.said(found.measure)
    better, worse = (rows[rows.verdict == verdict] for verdict in (equity.GAIN, equity.HARM))
    said = f"Judged by “{inner(how.label)}”, "
    if len(better):
        top = better.sort_values("gain").iloc[-1]
        change = wording.change(found.measure, top.difference, top.low, top.high)
        names = joined(f"“{rule}”" for rule in better.rule)
        said += (
            f"{names} did better than choosing {found.number} people at random; the most “{top.rule}”, by {change} "
            f"{how.step}."
        )
    else:
        said += (
            f"no rule beats choosing {found.number} people at random by more than luck can explain, on "
            f"{len(found.values)} fresh seeds."
        )
    if len(worse):
        said += f" Worse than chance: {joined(f'“{rule}”' for rule in worse.rule)}."
    if len(better) > 1 and rows.chance_of_being_best.max() < UNLIKE:
        said += " Which of these is the best cannot be told."
    return said
