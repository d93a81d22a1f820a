"""Whom to train: rules that choose so many people of one network, compared at equal cost on fresh seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import comparing, seeding, wording
from sim.decisions import chances, equity, greedy
from sim.decisions.greedy import Trials
from sim.errors import InputError, listed, nearest, shown
from sim.measures import BY_NAME, HIGHER
from sim.population import World, build_structure, reached, record
from sim.scenario import override
from sim.wording import inner, joined

if TYPE_CHECKING:
    from sim.schema import Scenario

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
    people: dict[str, list[int]]  # whom each rule but the random one chooses with the first seed
    candidates: int  # whom the greedy rule chose among
    training_worlds: int  # lived to choose
    worlds: int  # lived to compare


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
) -> Found:
    """Compare rules on ``seeds``; the greedy one chooses on the seeds ``training``, which must be others."""
    checked(rules, seeds, training)
    name = one_of(scenario, intervention)
    if GREEDY in rules and scenario.setting.network is None:
        message = "in a made community other people live in each seed, so nobody can be chosen by trying"
        raise InputError(message, key="--rules", found=GREEDY, allowed="your own network: --ties, or karate_club")
    people = eligible(scenario, name)
    if not 0 < number < people.size:
        allowed = f"1 to {people.size - 1}, of {people.size} who are eligible"
        raise InputError("so many cannot be chosen", key="--number", found=shown(number), allowed=allowed)
    scenario = override(scenario, {f"plans.{name}.reach": number / people.size, f"plans.{name}.seeding": RANDOM})
    sets = {rule: by_rule(scenario, name, rule) for rule in (*CENTRAL, *rules) if rule not in (GREEDY, RANDOM)}
    search = Trials(scenario, name, measure, training)
    tried: list[int] = []
    if GREEDY in rules:
        tried = central(sets, scenario, name, people, max(candidates, number + 1))
        sets[GREEDY] = greedy.chosen(search, tried, number, tell)
    if tell:
        tell(f"{len(rules)} rules on {len(seeds)} fresh seeds")
    final = Trials(scenario, name, measure, seeds)
    values = on_fresh_seeds(final, rules, sets)
    chosen = {rule: sets[rule] for rule in rules if rule in sets}
    return Found(scenario, name, measure, number, list(rules), values, chosen, len(tried), search.worlds, final.worlds)


def checked(rules: Sequence[str], seeds: Sequence[int], training: Sequence[int]) -> None:
    """Refuse rules that there are not, and to judge a choice by the seeds on which it was made."""
    for rule in rules:
        if rule not in RULES:
            hint = nearest(rule, RULES)
            raise InputError(
                "there is no such rule", key="--rules", found=shown(rule), allowed=listed(RULES), hint=hint
            )
    if RANDOM not in rules:
        raise InputError(
            "rules are compared with chance", key="--rules", found=listed(rules), allowed="random among them"
        )
    if set(seeds) & set(training):
        raise InputError("a choice is judged on seeds on which it was not made", key="--seeds")


def one_of(scenario: "Scenario", asked: str | None) -> str:
    """The intervention that people are chosen for."""
    items = {name: item for name, item in scenario.interventions.items() if item.unit == "person"}
    if asked is None and len(items) == 1:
        return next(iter(items))
    if asked in items:
        return asked
    found = shown(asked) if asked else listed(scenario.interventions) or "none"
    message = "people are chosen one by one for one intervention"
    raise InputError(message, key="--intervention", found=found, allowed=listed(items) or "a plan that chooses persons")


def eligible(scenario: "Scenario", name: str) -> np.ndarray:
    """Who may be chosen, as places in the world."""
    world, item = World(scenario, 1), scenario.interventions[name]
    made = build_structure(world, record(scenario.parameters))
    return np.flatnonzero(seeding.allowed(item, made, made.group_at(item.start)))


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


def on_fresh_seeds(trials: Trials, rules: Sequence[str], sets: dict[str, list[int]]) -> np.ndarray:
    """What came of nobody being chosen, and of each rule: (seeds, 1 + rules). Chance chooses others in each seed."""
    return trials.by_seed([[], *(None if rule == RANDOM else sets[rule] for rule in rules)])


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
        ("How sure", SURE.format(others=len(found.rules) - 1)),
    ]
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


SURE = (
    "{others} rules were compared with chance, with Holm’s correction; all cost the same, as each trains equally many. "
    "This holds luck only, and only in this network as it was written down."
)


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
