"""What the command budget does, once its words are understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim import cli, cli_words, wording
from sim.cli_words import Asked
from sim.decisions import doing
from sim.decisions.answering import Written, common, is_answer, put, teller
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.decisions.budget import Answer


@dataclass(frozen=True)
class Question:
    """What is asked, as the command line has it."""

    setting: str | None
    plans: list[str]
    asked: Asked
    money: float | None
    vary: list[str]
    measure: str
    seeds: int  # of the first round
    fresh: int  # seeds on which those left are judged
    levels: int  # values tried of each field
    costs: Path | None
    uncertainty: str

    def words(self, names: Sequence[str]) -> list[str]:
        """The same again as words of a command."""
        made = ["budget", *([self.setting] if self.setting else []), "--plans", *names]
        made += ["--money", f"{self.money:.15g}"]
        made += [part for word in self.vary for part in ("--vary", word)]
        made += common(self.asked, self.measure, self.uncertainty)
        made += ["--seeds", str(self.seeds), "--fresh-seeds", str(self.fresh), "--levels", str(self.levels)]
        return made + (["--costs", str(self.costs)] if self.costs else [])


def budget(wanted: Question, writing: cli.Writing) -> None:
    """Find which plan, and how much of it, does most for this money, and write the answer down."""
    from sim.decisions import budget as search
    from sim.decisions import options

    doing.check_measure(wanted.measure)
    names = cli_words.listed_plans(wanted.plans)
    if not names:
        raise InputError("a plan is missing", key="--plans", hint="--plans peer_leaders stigma_contact")
    if wanted.money is None:
        raise InputError("an amount of money is missing", key="--money", hint="--money 5000")
    fields = [options.varied(word) for word in wanted.vary]
    made = doing.with_costs(cli_words.scenarios(wanted.setting, names, wanted.asked), wanted.costs)
    draws = cli.drawing(wanted.uncertainty, made)
    target = cli.place(writing, "budget", [made[0].setting_name], is_answer)
    numbers = (wanted.seeds, wanted.fresh, wanted.levels)
    with teller(writing.quiet) as tell:
        found = search.asked(made, names, fields, wanted.money, wanted.measure, *numbers, tell=tell, draws=draws)
    put(told(found, made[0].setting.title, wanted.words(names)), target, writing)


def told(found: "Answer", place: str, words: list[str]) -> Written:
    """All that is written down of an answer."""
    from sim.decisions import budget as search
    from sim.decisions import maps

    table, amount = search.table(found), f"{wording.plain(found.money, 0)} {found.currency}"
    label = wording.inner(wording.said(found.measure).label)
    return Written(
        "budget",
        f"{place}: what {amount} can buy",
        f"{len(found.choices)} ways to spend it, {found.race.worlds:,} simulated communities.",
        f"With {amount}, which plan does most for “{label}”, and how much of it?",
        search.in_words(found),
        table,
        maps.bought(found, place),
        options_table(table, found),
        {
            "money": found.money,
            "currency": found.currency,
            "chance_of_plans": found.chance_of_plans,
            "refused": found.refused,
        },
        words,
        found.measure,
        found.uncertainty,
    )


def options_table(table: "pd.DataFrame", found: "Answer") -> str:
    """The options as HTML: those left first."""
    from sim import markup
    from sim.decisions import budget as search
    from sim.decisions import chances

    named = {each.name: search.entry(each) for each in found.choices}
    rows = []
    for row in table.sort_values("chance_of_being_best", ascending=False, na_position="last").itertuples():
        left = row.chance_of_being_best == row.chance_of_being_best
        ends = (row.difference, row.low, row.high) if left else (row.early_difference, row.early_low, row.early_high)
        chance = chances.percent(row.chance_of_being_best) if left else "dropped out early"
        rows.append([named[row.option], wording.plain(row.cost, 0), wording.change(found.measure, *ends), chance])
    how = wording.said(found.measure)
    head = ("Choice", f"Cost, {found.currency}", f"{how.label}, {how.step}", "Chance of being the best")
    return markup.table("Every choice that can be afforded, against doing nothing more", head, rows)
