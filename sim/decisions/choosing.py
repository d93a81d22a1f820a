"""What the command seeding does, once its words are understood."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim import cli, cli_words, wording
from sim.cli_words import Asked
from sim.decisions import doing
from sim.decisions.answering import Written, check_free, common, put, teller

if TYPE_CHECKING:
    import pandas as pd

    from sim.decisions.training import Found


def seeding(
    setting: str | None,
    plan: str,
    asked: Asked,
    number: int,
    rules: Sequence[str],
    measure: str,
    seeds: tuple[int, int, int],
    intervention: str | None,
    writing: cli.Writing,
) -> None:
    """Whom to train? ``seeds``: fresh ones to compare on, those to choose on, and how many candidates."""
    from sim.decisions import training

    doing.check_measure(measure)
    check_free(writing)
    chosen = [part for word in rules for part in word.split(",") if part] or list(training.RULES)
    scenario = cli_words.scenarios(setting, [plan], asked)[0]
    if not rules and scenario.setting.network is None:
        chosen.remove(training.GREEDY)
    fresh, training_seeds, candidates = seeds
    first = range(1, 1 + training_seeds)
    with teller(writing.quiet) as tell:
        found = training.compared(
            scenario,
            chosen,
            number,
            measure,
            range(1 + training_seeds, 1 + training_seeds + fresh),
            first,
            candidates,
            intervention,
            tell,
        )
    words = seeding_words(setting, plan, asked, number, chosen, measure, seeds, intervention)
    put(told(found, plan, scenario.setting.title, words), measure, writing, scenario.setting_name)


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
    )


def seeding_words(
    setting: str | None,
    plan: str,
    asked: Asked,
    number: int,
    rules: Sequence[str],
    measure: str,
    seeds: tuple[int, int, int],
    intervention: str | None,
) -> list[str]:
    """The command once more."""
    words = ["seeding", *([setting] if setting else []), "--plan", plan, "--number", str(number)]
    words += [part for rule in rules for part in ("--rule", rule)] + common(asked, measure)
    words += ["--seeds", str(seeds[0]), "--training-seeds", str(seeds[1]), "--candidates", str(seeds[2])]
    words += ["--intervention", intervention] if intervention else []
    return words


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
