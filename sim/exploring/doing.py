"""What the command sensitivity does, once its words are understood."""

import shlex
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import cli, cli_progress, cli_words, showing
from sim.cli import Writing
from sim.cli_words import FAILED, STOPPED, Asked
from sim.errors import InputError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.exploring.sensitivity import Found
    from sim.schema import Scenario

BASES = {"sobol": 64, "morris": 10, "pawn": 512, "delta": 512, "tornado": 2}
TRAJECTORIES = 10  # of the screening
MOST_SHOWN = 15


@dataclass(frozen=True)
class Question:
    """What ``helpseek sensitivity`` was asked."""

    words: Sequence[str]
    method: str
    base: int | None
    measures: Sequence[str]
    parameters: Sequence[str]
    screen: int | None
    ranges: Sequence[str]
    replicates: int
    seeds: str
    at: str
    tornado: bool
    pairs: bool | None
    workers: int | None
    uncertainty: str = "none"

    def said(self) -> list[str]:
        """The same again as words of a command."""
        made = ["--method", self.method, "--base", str(self.base_number)]
        made += ["--measure", *self.measures] + (["--parameters", *self.parameters] if self.parameters else [])
        made += ["--screen", str(self.screen)] if self.screen else []
        made += [part for each in self.ranges for part in ("--range", each)]
        made += ["--uncertainty", self.uncertainty] if self.uncertainty != "none" else []
        made += ["--replicates", str(self.replicates), "--seeds", self.seeds, "--at", self.at]
        made += [] if self.tornado else ["--no-tornado"]
        return made + ([] if self.pairs is None else ["--pairs" if self.pairs else "--no-pairs"])

    @property
    def base_number(self) -> int:
        """The base, or the method's own."""
        return BASES.get(self.method, 2) if self.base is None else self.base


def sensitivity(wanted: Question, asked: Asked, writing: Writing) -> None:
    """Find out what matters, and write it down."""
    from sim.exploring import designs, findings, stored

    designs.check(wanted.method, wanted.base_number)
    setting, plans = cli_words.apart(wanted.words, asked)
    label = "+".join(plans) or "usual"
    scenario = cli_words.scenarios(setting, [label], asked)[0]
    target = cli.place(writing, scenario.setting_name, [label, wanted.method], findings.is_finding)
    folder = stored.beside(target)
    problem = problem_of(wanted, scenario)
    with stoppable():
        if wanted.screen is not None:
            problem = screened(wanted, problem, folder, writing.quiet)
        found = lived(wanted, problem, folder, wanted.method, wanted.base_number, writing.quiet)
    command = shlex.join(["helpseek", "sensitivity", *wanted.words, *wanted.said(), *asked.options()])
    with cli_progress.waiting("drawing", writing.quiet):
        findings.save(problem, found, target, command, writing.force, writing.page)
    stored.forget(folder)
    if writing.as_json:
        showing.json_out(as_data(problem, found))
        return
    show(problem, found)
    finish(target, writing)


@contextmanager
def stoppable() -> "Iterator[None]":
    """Say that what was lived is kept, if the work is stopped; and that worlds failed, if some did."""
    from sim.exploring.evaluating import Failed
    from sim.sweeps.doing import interruptible

    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        raise cli_words.ended("stopped; what was lived is kept: the same command goes on with it", STOPPED) from None
    except Failed as error:
        raise cli_words.ended(str(error), FAILED) from None


def problem_of(wanted: Question, scenario: "Scenario") -> dict[str, Any]:
    """What is varied."""
    from sim.exploring.problems import problem

    everything = wanted.parameters in ([], ["all"])
    names = None if everything else listed(wanted.parameters)
    single = wanted.method != "sobol" or list(wanted.parameters) == ["all"] or wanted.screen is not None
    grouped = False if single else None
    ranges = dict(between(each) for each in wanted.ranges)
    measures, uncertainty = listed(wanted.measures), wanted.uncertainty
    made = problem(scenario, (), names, ranges, measures, grouped=grouped, uncertainty=uncertainty)
    return made | {"at": int(wanted.at) if wanted.at.isdigit() else wanted.at}


def listed(words: Sequence[str]) -> list[str]:
    """Words that commas may join too, each once."""
    return list(dict.fromkeys(part for word in words for part in word.split(",") if part))


def between(word: str) -> tuple[str, tuple[float, float]]:
    """``name=low:high`` taken apart."""
    name, _, span = word.partition("=")
    low, _, high = span.partition(":")
    try:
        return name.strip(), (float(low), float(high))
    except ValueError:
        raise InputError("this is no range", key="--range", found=shown(word), allowed="name=low:high") from None


def screened(wanted: Question, problem: dict[str, Any], folder: Path, quiet: bool) -> dict[str, Any]:
    """The problem with only those parameters that a screening found to move an outcome most."""
    from sim.exploring.problems import problem as posed

    if not 1 <= (wanted.screen or 0) <= problem["num_vars"]:
        allowed = f"1 to {problem['num_vars']}, the parameters there are"
        raise InputError(
            "this is no number of parameters to keep", key="--screen", found=shown(wanted.screen), allowed=allowed
        )
    found = lived(wanted, problem, folder, "morris", TRAJECTORIES, quiet, "screening")
    sizes = found.indices[found.indices["index"] == "size"]
    relative = sizes["value"] / sizes.groupby("measure")["value"].transform("max").replace(0.0, 1.0)
    order = relative.groupby(sizes["unit"], sort=False).max().sort_values(ascending=False, kind="stable")
    kept = order.index[: wanted.screen].tolist()
    names = [name for name in problem["names"] if name in kept]
    ranges = {name: span for name, span in map(between, wanted.ranges) if name in names}
    drawn = "posterior" if set(names) & set(problem.get("drawn", ())) else "none"
    made = posed(problem["scenario"], (), names, ranges, problem["outputs"], grouped=False, uncertainty=drawn)
    return made | {"at": problem["at"], "screened": sizes.to_dict("records")}


def lived(
    wanted: Question, problem: dict[str, Any], folder: Path, method: str, base: int, quiet: bool, what: str = ""
) -> "Found":
    """One analysis, its worlds kept until all are there."""
    from sim.exploring import stored
    from sim.exploring.sensitivity import sensitivity as analysed

    with cli_progress.progress(what or f"living {method} points", quiet, worlds=True) as moved:
        return analysed(
            problem,
            method,
            base,
            replicates=wanted.replicates,
            seeds=wanted.seeds,
            one_at_a_time=wanted.tornado and not what,
            second_order=wanted.pairs,
            progress=moved,
            live=stored.keeping(problem, folder, wanted.workers),
        )


def as_data(problem: dict[str, Any], found: "Found") -> dict[str, Any]:
    """What was found as plain data."""
    from sim.exploring import findings

    return {
        "about": found.about,
        "summary": findings.summary(problem, found),
        "indices": found.indices.to_dict("records"),
        "luck": found.luck.to_dict("records"),
        "tornado": found.tornado.to_dict("records"),
    }


def show(problem: dict[str, Any], found: "Found") -> None:
    """What was done, and the largest indices."""
    from sim import wording
    from sim.exploring import findings, index_plots

    screen = showing.console()
    showing.put(screen, *findings.summary(problem, found)[:3], "")
    for measure in found.about["measures"]:
        if found.indices.empty:
            show_tornado(screen, found, measure)
            continue
        percent = found.about["method"] == "sobol"
        factor = 100.0 if percent else wording.said(measure).factor if found.about["method"] == "morris" else 1.0
        largest = index_plots.main(found, measure).head(MOST_SHOWN)
        wide = largest["value"].abs().max() * factor
        places = 0 if percent else wording.decimals_for(wide, 3, 3)
        rows = {"with all interactions": largest} if percent else {index_plots.SAYS[found.about["method"]]: largest}
        if percent:
            rows = {"alone": index_plots.of(found, measure, "first").loc[largest["unit"]].reset_index(), **rows}
        columns = [f"{name}, %" if percent else name for name in rows]
        title = f"{wording.said(measure).label}: what matters"
        made = showing.table(title, ("name", "mechanism", *columns), right=columns)
        for place, row in enumerate(largest.itertuples()):
            cells = [spanned(part.iloc[place], factor, places) for part in rows.values()]
            made.add_row(row.label, str(row.mechanism), *cells)
        screen.print(made)
        luck = index_plots.luck_of(found, measure)
        if luck:
            text = f"luck: {luck['share']:.0%} ({luck['low']:.0%} to {luck['high']:.0%}) of the variance of one run."
            showing.put(screen, text + findings.cautions(found, measure), "")


def spanned(row: Any, factor: float, places: int) -> str:
    """An index with its interval."""
    from sim import wording

    value, low, high = (wording.plain(float(row[name]) * factor, places) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def show_tornado(screen: Any, found: "Found", measure: str) -> None:
    """The widest changes, one parameter at a time."""
    from sim import wording

    how = wording.said(measure)
    columns = (f"at its lowest, {how.step}", f"at its highest, {how.step}")
    made = showing.table(f"{how.label}: one at a time", ("name", "mechanism", *columns), right=columns)
    for row in found.tornado[found.tornado["measure"] == measure].head(MOST_SHOWN).itertuples():
        spans = ([getattr(row, f"{part}at_{end}") for part in ("", "low_", "high_")] for end in ("lowest", "highest"))
        ends = [wording.change(measure, *span) for span in spans]
        made.add_row(row.label, str(row.mechanism), *ends)
    screen.print(made)


def finish(target: Path, writing: Writing) -> None:
    """Name what was written."""
    if writing.quiet:
        return
    names = sorted(file.name for file in target.iterdir() if file.is_file())
    figures = sorted(file.stem for file in (target / "figures").glob("*.png"))
    lines = [", ".join(names)]
    if figures:
        lines.append(f"figures/: {', '.join(figures)}, each as .png and .svg")
    showing.show_files(str(target), lines)
