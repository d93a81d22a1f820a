"""What the command budget does, once its words are understood."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim import cli, cli_words, wording
from sim.cli_words import Asked
from sim.decisions import doing
from sim.decisions.answering import Written, check_free, common, put, teller
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.decisions.budget import Answer


def budget(
    setting: str | None,
    plans: Sequence[str],
    asked: Asked,
    money: float,
    vary: Sequence[str],
    measure: str,
    seeds: tuple[int, int, int],
    costs: Path | None,
    writing: cli.Writing,
) -> None:
    """With this much money: which plan, and how much of it? ``seeds``: of the first round, the fresh ones, levels."""
    from sim.decisions import budget as search
    from sim.decisions import options

    doing.check_measure(measure)
    check_free(writing)
    names = cli_words.listed_plans(plans)
    if not names:
        raise InputError("a plan is missing", key="--plans", hint="--plans peer_leaders stigma_contact")
    fields = [options.varied(word) for word in vary]
    made = doing.with_costs(cli_words.scenarios(setting, names, asked), costs)
    with teller(writing.quiet) as tell:
        found = search.asked(made, names, fields, money, measure, *seeds, tell=tell)
    words = budget_words(setting, names, asked, money, vary, measure, seeds, costs)
    put(told(found, made[0].setting.title, words), measure, writing, made[0].setting_name)


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
    )


def budget_words(
    setting: str | None,
    names: Sequence[str],
    asked: Asked,
    money: float,
    vary: Sequence[str],
    measure: str,
    seeds: tuple[int, int, int],
    costs: Path | None,
) -> list[str]:
    """The command once more."""
    words = ["budget", *([setting] if setting else []), "--plans", *names, "--money", f"{money:g}"]
    words += [part for word in vary for part in ("--vary", word)] + common(asked, measure)
    words += ["--seeds", str(seeds[0]), "--fresh-seeds", str(seeds[1]), "--levels", str(seeds[2])]
    words += ["--costs", str(costs)] if costs else []
    return words


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
