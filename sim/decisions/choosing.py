"""What the command seeding does, once its words are understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import cli, cli_words, wording
from sim.cli_words import Asked
from sim.decisions import doing
from sim.decisions.answering import Written, common, is_answer, put, teller

if TYPE_CHECKING:
    import pandas as pd

    from sim.decisions.training import Found


@dataclass(frozen=True)
class Question:
    """What is asked, as the command line has it."""

    setting: str | None
    plan: str
    asked: Asked
    number: int  # how many people are trained
    rules: list[str]
    measure: str
    seeds: int  # on which rules are compared
    training: int  # seeds on which greedy chooses
    candidates: int  # people among whom greedy chooses
    intervention: str | None
    uncertainty: str

    def words(self, rules: Sequence[str]) -> list[str]:
        """The same again as words of a command."""
        made = ["seeding", *([self.setting] if self.setting else []), "--plan", self.plan, "--number", str(self.number)]
        made += [part for rule in rules for part in ("--rule", rule)]
        made += common(self.asked, self.measure, self.uncertainty)
        made += ["--seeds", str(self.seeds), "--training-seeds", str(self.training)]
        made += ["--candidates", str(self.candidates)]
        return made + (["--intervention", self.intervention] if self.intervention else [])


def seeding(wanted: Question, writing: cli.Writing) -> None:
    """Compare rules for whom to train, and write the answer down."""
    from sim.decisions import training

    doing.check_measure(wanted.measure)
    rules = [part for word in wanted.rules for part in word.split(",") if part] or list(training.RULES)
    scenario = cli_words.scenarios(wanted.setting, [wanted.plan], wanted.asked)[0]
    if not wanted.rules and scenario.setting.network is None:
        rules.remove(training.GREEDY)
    draws = cli.drawing(wanted.uncertainty, [scenario])
    target = cli.place(writing, "seeding", [scenario.setting_name], is_answer)
    first = range(1, 1 + wanted.training)
    fresh = range(first.stop, first.stop + wanted.seeds)
    number, measure, item = wanted.number, wanted.measure, wanted.intervention
    with teller(writing.quiet) as tell:
        found = training.compared(
            scenario, rules, number, measure, fresh, first, wanted.candidates, item, tell=tell, draws=draws
        )
    put(told(found, wanted.plan, scenario.setting.title, wanted.words(rules)), target, writing)


def told(found: "Found", plan: str, place: str, words: list[str]) -> Written:
    """All that is written down of an answer."""
    from sim.decisions import maps, training

    table, number = training.table(found), found.number
    return Written(
        "seeding",
        f"{place}: whom to train",
        f"{number} people by each of {len(found.rules)} rules, on {len(found.values)} fresh seeds.",
        f"If {number} people can be trained ({wording.inner(wording.title(plan))}), does it matter who they are?",
        training.in_words(found),
        table,
        maps.rules(found, place),
        rules_table(table, found.measure),
        {"number": number, "training_worlds": found.training_worlds, "worlds": found.worlds, "people": found.people},
        words,
        found.measure,
        found.uncertainty,
    )


def rules_table(table: "pd.DataFrame", measure: str) -> str:
    """The rules as HTML."""
    from sim import markup
    from sim.decisions import chances

    rows = []
    for row in table.itertuples():
        nobody = (row.difference_from_nobody, row.low_from_nobody, row.high_from_nobody)
        against = "–" if row.rule == "random" else wording.change(measure, row.difference, row.low, row.high)
        chance = chances.percent(row.chance_of_being_best)
        rows.append(
            [row.rule.replace("_", " "), row.how, wording.change(measure, *nobody), against, row.verdict, chance]
        )
    how = wording.said(measure)
    head = ("Rule", "Who", f"Against nobody, {how.step}", f"Against chance, {how.step}", "Verdict", "Chance to be best")
    return markup.table(f"{how.label}, means over all weeks, 95% intervals", head, rows, numbers=False)
