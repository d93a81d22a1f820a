"""What the commands budget and seeding do: find the answer, show it, and write it down whole."""

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim import cli, cli_progress, cli_words, showing, wording
from sim.cli_words import Asked
from sim.decisions import doing
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.decisions.budget import Answer
    from sim.plots import Drawn

ANSWER = "answer.json"


@dataclass(frozen=True)
class Written:
    """All of an answer that is written down."""

    kind: str  # budget or seeding
    heading: str
    about: str
    question: str
    said: list[tuple[str, str]]
    table: "pd.DataFrame"
    drawn: "Drawn"
    rows: str  # the table as HTML
    facts: dict[str, Any]
    words: list[str]


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
    from sim.decisions import maps, options

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
    place = made[0].setting.title
    amount = f"{wording.plain(money, 0)} {found.currency}"
    table = search.table(found)
    written = Written(
        "budget",
        f"{place}: what {amount} can buy",
        f"{len(found.choices)} ways to spend it, {found.race.worlds:,} simulated communities.",
        f"With {amount}, which plan does most for “{wording.inner(wording.said(measure).label)}”, and how much of it?",
        search.in_words(found),
        table,
        maps.bought(found, place),
        options_table(table, found, measure),
        {
            "money": money,
            "currency": found.currency,
            "chance_of_plans": found.chance_of_plans,
            "refused": found.refused,
        },
        words,
    )
    put(written, measure, writing, made[0].setting_name, names)


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


def options_table(table: "pd.DataFrame", found: "Answer", measure: str) -> str:
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
        rows.append([named[row.option], wording.plain(row.cost, 0), wording.change(measure, *ends), chance])
    how = wording.said(measure)
    head = ("Choice", f"Cost, {found.currency}", f"{how.label}, {how.step}", "Chance of being the best")
    return markup.table("Every choice that can be afforded, against doing nothing more", head, rows)


def common(asked: Asked, measure: str) -> list[str]:
    """Options that both commands have, as words."""
    made = asked.words([1])
    return [*made[: made.index("--seed")], "--measure", measure]


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
    from sim.decisions import maps, training

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
    table, place = training.table(found), scenario.setting.title
    written = Written(
        "seeding",
        f"{place}: whom to train",
        f"{number} people by each of {len(chosen)} rules, on {fresh} fresh seeds.",
        f"If {number} people can be trained ({wording.inner(wording.title(plan))}), does it matter who they are?",
        training.in_words(found),
        table,
        maps.rules(found, place),
        rules_table(table, measure),
        {"number": number, "training_worlds": found.training_worlds, "worlds": found.worlds, "people": found.people},
        words,
    )
    put(written, measure, writing, scenario.setting_name, [plan, "seeding"])


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


# Showing and writing


class teller:
    """Says how far the search is, on standard error, unless it is to be quiet."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: Any = None

    def __enter__(self) -> Callable[[str], object] | None:
        if self.quiet:
            return None
        if not sim_is_warm():
            showing.put(showing.console(error=True), cli_progress.COMPILING)
        screen = showing.console(error=True)
        if not screen.is_terminal:
            return lambda text: None
        self.bar = screen.status("searching")
        self.bar.__enter__()
        return lambda text: self.bar.update(text)

    def __exit__(self, *about: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(*about)


def sim_is_warm() -> bool:
    """Whether the engine is compiled already."""
    from sim import compiled

    return compiled.is_warm()


def put(written: Written, measure: str, writing: cli.Writing, setting: str, names: Sequence[str]) -> None:
    """Show an answer, and write it into a folder that appears whole or not at all."""
    from sim import storing

    facts = about(written, measure)
    target = writing.out or free_place(written.kind, setting)
    command = shlex.join(["helpseek", *written.words])

    def fill(folder: Path) -> None:
        from sim import plots
        from sim.decisions import leaflet, sheets

        (folder / ANSWER).write_text(json.dumps(showing.finite(facts), indent=1) + "\n", encoding="utf-8")
        sheets.write_csv(written.table, folder / f"{written.kind}.csv")
        if writing.page:
            figures = folder / "figures"
            figures.mkdir()
            plots.save(written.drawn.figure, figures / written.drawn.name)
            text = leaflet.page(
                written.heading,
                written.about,
                written.question,
                written.said,
                [written.drawn],
                figures,
                written.rows,
                command,
            )
            (folder / "report.html").write_text(text, encoding="utf-8")

    storing.write_folder(target, fill, is_answer if writing.force else None)
    if writing.as_json:
        showing.json_out(facts)
    else:
        show(written)
    if not writing.quiet:
        files = [f"{ANSWER}, {written.kind}.csv", *(["report.html, figures/"] if writing.page else [])]
        showing.show_files(str(target), files)


def about(written: Written, measure: str) -> dict[str, Any]:
    """An answer as plain data."""
    return {
        "program": "help-seeking-norms",
        "kind": written.kind,
        "version": sim.__version__,
        "command": shlex.join(["helpseek", *written.words]),
        "measure": measure,
        "uncertainty": wording.LUCK,
        "question": written.question,
        "answer": dict(written.said),
        **written.facts,
        "rows": written.table.to_dict("records"),
    }


def is_answer(folder: Path) -> bool:
    """Whether a folder holds an answer of this kind."""
    try:
        return bool(json.loads((folder / ANSWER).read_text(encoding="utf-8"))["program"] == "help-seeking-norms")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def free_place(kind: str, setting: str) -> Path:
    """A new folder in results."""
    stem, number = f"{kind}-{Path(setting).stem}"[:100], 1
    while (found := Path(cli.RESULTS) / (stem if number == 1 else f"{stem}-{number}")).exists():
        number += 1
    return found


def show(written: Written) -> None:
    """The answer on the screen."""
    screen = showing.console()
    showing.put(screen, "", written.heading, style="bold")
    showing.put(screen, written.question)
    for heading, text in written.said:
        showing.put(screen, "", f"{heading}. {text}")


def check_free(writing: cli.Writing) -> None:
    """Refuse a place that is taken before anything is run."""
    from sim import storing

    if writing.out is not None:
        storing.check_free(writing.out.absolute(), writing.out, is_answer if writing.force else None)
