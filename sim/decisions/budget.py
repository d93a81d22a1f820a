"""With this much money: which plan, and how much of it? The best of what can be afforded, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import study, wording
from sim.decisions import board, chances, options, pricing, racing
from sim.decisions.options import Option
from sim.errors import InputError, shown
from sim.scenario import override, scenario_from_dict
from sim.wording import inner, joined, title

if TYPE_CHECKING:
    from sim.schema import Scenario

LIKELY = 0.9  # of the chance that the ranges that are named hold


@dataclass(frozen=True)
class Answer:
    """The options, how they did, and what is to be said."""

    money: float
    currency: str
    measure: str
    choices: list[Option]  # the first spends nothing
    race: racing.Race
    refused: list[str]  # plans of which nothing can be afforded
    uncertainty: str = wording.LUCK

    @property
    def best(self) -> int:
        """The place, among those left, of the most likely best."""
        return chances.ordered(self.race.best.tolist())[0]

    @property
    def chance_of_plans(self) -> dict[str, float]:
        """The chance that some option of a plan is the best."""
        made: dict[str, float] = {}
        for place, chance in zip(self.race.left, self.race.best, strict=True):
            made[self.choices[place].label] = made.get(self.choices[place].label, 0.0) + float(chance)
        return dict(sorted(made.items(), key=lambda item: -item[1]))


def asked(
    scenarios: "Sequence[Scenario]",
    labels: Sequence[str],
    fields: Sequence[options.Varied],
    money: float,
    measure: str,
    seeds: int,
    fresh: int,
    levels: int,
    tell: racing.Tell | None = None,
    draws: study.Drawing | None = None,
) -> Answer:
    """The answer for these plans, fields and money; ``draws`` gives each seed its parameters, the same for all."""
    if not 0 < money < math.inf:
        raise InputError("this is no amount of money", key="--money", found=shown(money), allowed="a number above 0")
    choices = options.affordable(scenarios, labels, fields, money, levels)
    refused = [label for label in labels if label not in {each.label for each in choices}]
    nothing = next((each for each in choices if not each.scenario.interventions), None) or doing_nothing(scenarios[0])
    choices = [nothing, *(each for each in choices if each is not nothing)]
    if len(choices) < 2:
        least = cheapest(scenarios, labels, fields)
        hint = None if fields else f"--vary {next(iter(scenarios[0].interventions), 'PLAN')}.reach, to reach fewer"
        raise InputError("nothing can be afforded", key="--money", found=f"{money:g}", allowed=least, hint=hint)
    race = racing.run([each.scenario for each in choices], measure, seeds, fresh, tell, draws)
    holds = wording.LUCK_AND_PARAMETERS if draws else wording.LUCK
    return Answer(money, pricing.currency(scenarios), measure, choices, race, refused, holds)


def doing_nothing(scenario: "Scenario") -> Option:
    """The same community without any plan."""
    data = scenario.model_dump(mode="json") | {"interventions": {}, "plan_names": ["usual"]}
    return Option("usual", {}, scenario_from_dict(data), 0.0)


def cheapest(scenarios: "Sequence[Scenario]", labels: Sequence[str], fields: Sequence[options.Varied]) -> str:
    """What the least of each plan costs."""
    parts = []
    for label, scenario in zip(labels, scenarios, strict=True):
        low = {field.name: field.low for field in fields if field.name in options.of_plan(scenario)}
        least = override(scenario, low) if low else scenario
        parts.append(f"{label} from {options.expected_cost(least):,.0f}")
    return "; ".join(parts)


def table(answer: Answer) -> pd.DataFrame:
    """Every option: what it costs, how it did before the last round, and if it was left, how it did on fresh seeds."""
    rows = []
    last = {place: k for k, place in enumerate(answer.race.left)}
    for place, option in enumerate(answer.choices):
        early = answer.race.early[place]
        row: dict[str, Any] = {"option": option.name, "plan": option.label, "cost": option.cost} | option.values
        row |= {f"early_{key}": early[key] for key in ("n", "difference", "low", "high")}
        if place in last:
            found = racing.difference(answer.race.last, last[place])
            row |= {"difference": found["difference"], "low": found["low"], "high": found["high"]}
            row |= {"level": found["mean_plan"], "chance_of_being_best": float(answer.race.best[last[place]])}
        rows.append(row)
    return pd.DataFrame(rows)


def in_words(answer: Answer) -> list[tuple[str, str]]:
    """The answer, a heading and a text for each part."""
    how, race = wording.said(answer.measure), answer.race
    chance, choice = float(race.best[answer.best]), answer.choices[race.left[answer.best]]
    made = []
    amount = f"{wording.plain(answer.money, 0)} {answer.currency}"
    if race.left[answer.best] == 0:
        first = f"Nothing that {amount} can buy here is likely to do better than doing nothing more"
        made.append(("In short", f"{first}, judged by “{inner(how.label)}” (chance {chances.percent(chance)})."))
    else:
        found = racing.difference(race.last, answer.best)
        spent = f"{wording.plain(choice.cost, 0)} {answer.currency}"
        change = wording.change(answer.measure, found["difference"], found["low"], found["high"])
        made.append(
            (
                "In short",
                f"With {amount}, judged by “{inner(how.label)}”, {described(choice)} came out best. It costs {spent} "
                f"and changes it by {change} {how.step}, on {len(race.last)} fresh seeds.",
            )
        )
    made.append(("How sure", sure(answer, chance)))
    if answer.uncertainty == wording.LUCK_AND_PARAMETERS and race.left[answer.best] != 0:
        apart = race.last[:, answer.best] - race.last[:, 0]
        made.append(("Draw by draw", board.in_draws("This choice", "doing nothing more", apart, answer.measure)))
    if answer.refused:
        made.append(("Too dear", f"Of {joined(f'“{title(x)}”' for x in answer.refused)} nothing can be afforded."))
    return made


def described(choice: Option) -> str:
    """An option in a sentence."""
    parts = [f"{field(name)} {number(name, value)}" for name, value in choice.values.items()]
    return f"“{title(choice.label)}”" + (f" with a {joined(parts)}" if parts else "")


def entry(choice: Option) -> str:
    """An option in a table: Peer leaders, reach 7.6%."""
    parts = [f"{field(name)} {number(name, value).removeprefix('of ')}" for name, value in choice.values.items()]
    return ", ".join([title(choice.label), *parts])


def field(name: str) -> str:
    """The field of a name, with its intervention only where that is needed to tell."""
    return name.rsplit(".", 1)[-1].replace("_", " ")


def number(name: str, value: float) -> str:
    """A value as it is said: a share as a percentage."""
    return f"of {value:.1%}" if name.rsplit(".", 1)[-1] in options.SHARES else f"of {value:g}"


def sure(answer: Answer, chance: float) -> str:
    """How likely the choice is right, and what else might be."""
    plans = joined(
        f"“{title(label)}” {chances.percent(c)}" for label, c in answer.chance_of_plans.items() if c >= 0.005
    )
    said = f"It is {chances.word(chance)} that this very choice is the best of all (chance {chances.percent(chance)}). "
    said += f"By plan: {plans}. {ranges(answer)}"
    return f"{said.strip()} {wording.ANSWERS[answer.uncertainty]}"


def ranges(answer: Answer) -> str:
    """Between which values the best of a plan's fields lies, as far as one can tell."""
    order, held, kept = chances.ordered(answer.race.best.tolist()), 0.0, []
    for k in order:
        kept.append(k)
        held += float(answer.race.best[k])
        if held >= LIKELY:
            break
    said = []
    for label in dict.fromkeys(answer.choices[answer.race.left[k]].label for k in kept):
        mine = [answer.choices[answer.race.left[k]] for k in kept if answer.choices[answer.race.left[k]].label == label]
        for name in mine[0].values:
            low, high = min(x.values[name] for x in mine), max(x.values[name] for x in mine)
            if low < high:
                both = f"{number(name, low).removeprefix('of ')} to {number(name, high).removeprefix('of ')}"
                said.append(f"{field(name)} of “{title(label)}” from {both}")
    return f"Choices that cannot be told apart from it include a {joined(said)}." if said else ""
