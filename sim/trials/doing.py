"""What the command for trials does, once its words are understood."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim
from sim import cli, cli_progress, cli_words, manifests, showing, storing
from sim.cli import Writing
from sim.errors import InputError
from sim.manifests import FORMAT, PROGRAM, described
from sim.showing import put
from sim.study import versions
from sim.trials.trial import Trial, is_trial

if TYPE_CHECKING:
    from sim.trials.power import Power
    from sim.trials.trial import TrialResult

__all__ = ["Asked", "Writing", "power", "trial"]
POWER = "trial_power"  # the kind of a power study's folder


@dataclass(frozen=True)
class Asked:
    """What was asked of a trial."""

    name: str
    replicates: int
    seed: int
    changes: Sequence[str]
    uncertainty: str
    threads: int | None

    def trial(self) -> Trial:
        """The trial with its changes."""
        return Trial(self.name, cli_words.changes(self.changes))

    def words(self) -> list[str]:
        """The same again as words of a command."""
        made = ["trial", self.name, "--replicates", str(self.replicates), "--seed", str(self.seed)]
        made += [part for change in self.changes for part in ("--set", change)]
        return made + (["--uncertainty", self.uncertainty] if self.uncertainty != "none" else [])


def trial(asked: Asked, writing: Writing) -> None:
    """Run a trial many times, and set it beside what was published."""
    wanted = asked.trial()
    target = place(writing, wanted.name, "trial")
    with cli_progress.progress("running trials", writing.quiet) as moved:
        result = wanted.run(
            asked.replicates, asked.seed, uncertainty=asked.uncertainty, threads=asked.threads, progress=moved
        )
    command = shlex.join(["helpseek", *asked.words()])

    def also(folder: Path) -> None:
        if writing.page:
            with cli_progress.waiting("drawing", writing.quiet):
                illustrate(result, folder, command)

    result.save(target, force=writing.force, also=also)
    if writing.as_json:
        showing.json_out(result.records())
    else:
        show(result)
    cli.finish(target, writing)


def place(writing: Writing, name: str, what: str) -> Path:
    """Where a trial's results go; a place that is taken is refused before anything is run."""
    if writing.out is not None and writing.force and writing.out.is_dir() and replaceable(writing.out):
        return writing.out
    return cli.place(writing, name, [what])


def replaceable(folder: Path) -> bool:
    """Whether a folder holds a trial's results, or the power of one."""
    return is_trial(folder) or manifests.is_one(folder, POWER)


def illustrate(result: "TrialResult", folder: Path, command: str) -> None:
    """Write the figures and the page into a folder."""
    from sim import drawing
    from sim.trials import page, pictures

    drawn = pictures.every(result)
    figures = folder / "figures"
    figures.mkdir()
    for each in drawn:
        drawing.save(each.figure, figures / each.name)
    (folder / "report.html").write_text(page.page(result, drawn, figures, command), encoding="utf-8")


def show(result: "TrialResult") -> None:
    """The outcomes as a table, and what they come to."""
    from sim.trials import claims, page

    screen = showing.console()
    columns = ("outcome", "week", "published", "simulated", "met", "used for", "error", "ICC", "detected")
    title = f"{result.trial.title}: {result.replicates} simulated trials"
    made = showing.table(title, columns, right=("week", "error", "ICC", "detected"))
    for row in result.outcomes.itertuples():
        name, week, published, simulated, met, used = page.cells(row)
        found = "" if pd.isna(row.detected) else f"{row.detected:.0%}"
        made.add_row(
            name, week, published, simulated, met, used, page.short(row.standard_error), page.short(row.icc), found
        )
    screen.print(made)
    put(
        screen,
        "  simulated: mean, and the middle 95% of trials; error: as one trial would report it, of logarithms for",
    )
    put(screen, "  ratios; detected: trials whose 95% interval leaves out no effect")
    put(screen, f"  the spread of the trials holds {claims.held(result.uncertainty)}")
    put(screen, "", *claims.in_short(result.outcomes), *claims.hitches(result.outcomes), claims.FITTED)


def power(asked: Asked, sizes: Sequence[int] | None, target: float, writing: Writing) -> None:
    """How likely a trial of some size is to find its effect, and how large it would have to be."""
    if asked.uncertainty != "none":
        allowed = "none"
        raise InputError("power holds luck only", key="--uncertainty", found=asked.uncertainty, allowed=allowed)
    wanted = asked.trial()
    folder = place(writing, wanted.name, "power")
    with cli_progress.progress("running trials", writing.quiet) as moved:
        found = wanted.power(
            sizes or None, target, replicates=asked.replicates, seed=asked.seed, threads=asked.threads, progress=moved
        )
    words = [*asked.words(), "--power", "--target", f"{target:g}"]
    words += ["--clusters", *map(str, sizes)] if sizes else []
    save_power(found, folder, writing, shlex.join(["helpseek", *words]))
    if writing.as_json:
        showing.json_out(found.records())
    else:
        show_power(found)
    if not writing.quiet:
        files = ["power.parquet", *(["figures/: power", "report.html: the page"] if writing.page else [])]
        showing.show_files(str(folder), ["manifest.json: the command that makes it again", *files])


def save_power(found: "Power", folder: Path, writing: Writing, command: str) -> None:
    """Write a power study with its figure and its page, all or nothing."""
    from sim import drawing
    from sim.trials import page, pictures

    about: Mapping[str, Any] = {
        "format": FORMAT,
        "program": PROGRAM,
        "kind": POWER,
        "version": sim.__version__,
        "versions": versions(),
        "command": command,
        "trial": found.trial.model_dump(mode="json"),
        "tables": described({"power": found.table}),
    }

    def fill(place: Path) -> None:
        found.table.to_parquet(place / "power.parquet", compression="zstd", index=False)
        manifests.write(place, about)
        if writing.page:
            drawn, figures = pictures.power_by_size(found), place / "figures"
            figures.mkdir()
            drawing.save(drawn.figure, figures / drawn.name)
            text = page.power_page(found, drawn, figures, command)
            (place / "report.html").write_text(text, encoding="utf-8")

    storing.write_folder(folder, fill, replaceable if writing.force else None)


def show_power(found: "Power") -> None:
    """Power by size as a table."""
    from sim.trials import claims, page

    screen = showing.console()
    columns = ("size", "power", "95% interval", "by formula", "nobody lost", "no clustering", "error", "design effect")
    for outcome, rows in found.table.groupby("outcome", sort=False):
        first = rows.iloc[0]
        title = f"{found.trial.title}: {first.title}" if outcome else found.trial.title
        made = showing.table(title, columns, right=columns)
        for row in rows.itertuples():
            made.add_row(
                f"{row.size:,}",
                f"{row.power:.0%}",
                f"{row.power_low:.0%} to {row.power_high:.0%}",
                page.share(row.power_formula),
                page.share(row.power_nobody_lost),
                page.share(row.power_no_clustering),
                page.short(row.standard_error),
                "" if pd.isna(row.design_effect) else f"{row.design_effect:.2f}",
            )
        screen.print(made)
        put(screen, claims.power_in_short(found, first))
    put(screen, f"  sizes in {found.unit}; {found.replicates} simulated trials for each; the effect is the model's")
    put(screen, f"  intervals of the power hold {claims.held('none')}")
