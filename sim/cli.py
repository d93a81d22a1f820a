"""What each command does, once its words are understood."""

import json
import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import cli_progress, cli_words, showing
from sim.cli_words import FAILED, Asked
from sim.errors import InputError
from sim.reading import reason

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Scenario
    from sim.study import Drawing

LISTS = ("settings", "plans", "parameters", "measures")
FILE_KINDS = ("setting", "plan")
ANSWER = "answer.json"  # what budget and seeding write
RESULTS = "results"  # the folder for results that are given no other


@dataclass(frozen=True)
class Writing:
    """Where results go, and what is said of them."""

    out: Path | None
    force: bool
    page: bool
    quiet: bool
    as_json: bool


def list_shipped(what: str | None, as_json: bool) -> None:
    """Show what is shipped."""
    from dataclasses import asdict

    from sim.measures import BY_NAME
    from sim.params import registry
    from sim.scenario import listing

    brought = {each.plural: import_module(each.module).listing for each in cli_words.BROUGHT.values()}
    cli_words.one_of(what, (*LISTS, *brought), "list")
    found: dict[str, Any] = dict(listing()) | {name: found() for name, found in brought.items()}
    found["parameters"] = [asdict(each) for each in registry().values()]
    found["measures"] = [each._asdict() for each in BY_NAME.values()]
    if what:
        found = {what: found[what]}
    if as_json:
        showing.json_out(found)
        return
    showing.show_list(found if what else {name: found[name] for name in ("settings", "plans", *brought)})
    if not what:
        numbers = (len(found[name]) for name in ("parameters", "measures"))
        text = "{} parameters: helpseek list parameters. {} measures: helpseek list measures."
        showing.put(showing.console(), text.format(*numbers))


def show(words: Sequence[str], asked: Asked, as_json: bool) -> None:
    """Show a scenario before it runs."""
    from sim.scenario import explain

    setting, plans = cli_words.apart(words, asked)
    found = explain(cli_words.scenarios(setting, ["+".join(plans) or "usual"], asked)[0])
    if as_json:
        showing.json_out(found)
    else:
        showing.show_scenario(found)


def run(
    words: Sequence[str],
    asked: Asked,
    seeds: list[int],
    live: dict[str, Any],
    writing: Writing,
    uncertainty: str = "none",
) -> None:
    """Live one scenario and write down what it came to."""
    setting, plans = cli_words.apart(words, asked)
    label = "+".join(plans) or "usual"
    scenario = cli_words.scenarios(setting, [label], asked)
    draw = drawing(uncertainty, scenario)
    draws = draw(seeds) if draw else None
    target = place(writing, scenario[0].setting_name, [label])
    results = lived(scenario, [label], seeds, live | {"draws": draws}, writing.quiet)
    again = ["run", *([setting] if setting else []), *plans, *asked.words(seeds)]
    save(results, target, writing, again + (["--uncertainty", uncertainty] if draws else []))
    if writing.as_json:
        showing.json_out(results.summary(at="mean").assign(at="mean").to_dict("records"))
    else:
        showing.show_summary(results)
    finish(target, writing)


def verify(path: str, threads: int | None, quiet: bool, as_json: bool) -> int:
    """Make a result again and compare; the exit code."""
    from sim import study

    if (Path(path) / ANSWER).is_file():
        message = "this is an answer of budget or seeding; the command that stands in it gives it again"
        raise InputError(message, file=Path(path) / ANSWER)
    with cli_progress.progress("running it again", quiet) as moved:
        own = (import_module(each).verified(path, threads, moved) for each in cli_words.VERIFIERS)
        found = next((each for each in own if each is not None), None)
        found = found or study.verify(path, threads=threads, progress=moved)
    if as_json:
        about = {"ok": found.ok, "differences": found.differences, "versions": found.versions}
        showing.json_out({"path": path, **about})
        return 0 if found.ok else FAILED
    screen = showing.console()
    for line in found.versions:
        showing.put(screen, f"not the same as then: {line}")
    if found.ok:
        showing.put(screen, f"{path}: the same again, to the last bit")
        return 0
    showing.put(screen, f"{path}: NOT the same again", *(f"  {line}" for line in found.differences))
    return FAILED


def new(kind: str, name: str, out: Path | None) -> None:
    """Write a commented file to begin with."""
    from sim import scenario

    cli_words.one_of(kind, (*FILE_KINDS, *cli_words.BROUGHT), "kind of file")
    if not name.isidentifier() or not name.isascii() or name != name.lower():
        raise InputError("this is no name", found=name, allowed="small letters, digits and _, such as my_school")
    file = out or Path(f"{name}.yaml")
    if file.suffix not in (".yaml", ".yml"):
        hint = str(file.with_suffix(".yaml"))
        raise InputError("a file of this kind ends in .yaml", key="--out", found=str(file), hint=hint)
    own = import_module(cli_words.BROUGHT[kind].module) if kind in cli_words.BROUGHT else None
    text = (own.starter() if own else scenario.starter(kind)).replace(f"my_{kind}.yaml", str(file))
    title = name.replace("_", " ").capitalize()
    write_new(file, "\n".join(f"title: {title}" if x.startswith("title:") else x for x in text.splitlines()) + "\n")
    words = f"{file} usual" if kind == "setting" else f"secondary_school {file}"
    again = own.TRY.format(file=file) if own else f"look at it: helpseek show {words}"
    showing.put(showing.console(), f"written: {file}", again)


def schema(kind: str, out: Path | None) -> None:
    """Show or write the JSON Schema of a kind of file."""
    from sim import scenario

    cli_words.one_of(kind, (*FILE_KINDS, *cli_words.BROUGHT), "kind of file")
    own = cli_words.BROUGHT.get(kind)
    found = import_module(own.module).json_schema() if own else scenario.json_schema(kind)
    if out is None:
        showing.json_out(found)
        return
    write_new(out, json.dumps(found, indent=2) + "\n")
    showing.put(showing.console(), f"written: {out}")


# Steps of several commands


def drawing(uncertainty: str, made: "Sequence[Scenario]") -> "Drawing | None":
    """What draws the parameters that go with each seed, if they are to be drawn: the same for every plan."""
    from sim import posterior

    cli_words.one_of(uncertainty, posterior.UNCERTAINTIES, "uncertainty")
    return partial(posterior.draws, made[0]) if uncertainty == "posterior" else None


def lived(made: "list[Scenario]", labels: list[str], seeds: list[int], live: dict[str, Any], quiet: bool) -> "Results":
    """The results of scenarios and seeds."""
    from sim import study

    with cli_progress.progress("running", quiet) as moved:
        return study.run(made, seeds, labels=labels, progress=moved, **live)


def place(writing: Writing, first: str, others: Sequence[str], ours: Callable[[Path], bool] | None = None) -> Path:
    """Where results go; a place that is taken is refused before anything is run.

    Without --out it is a new folder named after files or words; --force replaces what is ``ours``, a result usually.
    """
    from sim import results, storing

    if writing.out is not None:
        if writing.force and writing.out.is_dir() and not any(writing.out.iterdir()):
            return writing.out
        replaceable = (ours or results.is_result) if writing.force else None
        storing.check_free(Path(os.path.realpath(writing.out)), writing.out, replaceable)
        return writing.out
    found = free_place("-".join(Path(each).stem for each in (first, *others)))
    storing.check_free(Path(os.path.realpath(found)), found, None)
    return found


def free_place(name: str) -> Path:
    """A new folder in results, of this name or with a number behind it."""
    stem, number = name[:100], 1
    while os.path.lexists(found := Path(RESULTS) / (stem if number == 1 else f"{stem}-{number}")):
        number += 1
    return found


def save(
    results: "Results",
    target: Path,
    writing: Writing,
    words: Sequence[str],
    draw: Callable[["Results", Path, str], None] | None = None,
) -> None:
    """Write the tables with their figures and their page, all or nothing; ``words`` are the command that made them."""
    command = shlex.join(["helpseek", *words])
    results.manifest["command"] = command

    def also(folder: Path) -> None:
        if writing.page:
            with cli_progress.waiting("drawing", writing.quiet):
                (draw or illustrate)(results, folder, command)

    results.save(target, force=writing.force, also=also)


def illustrate(results: "Results", folder: Path, command: str) -> None:
    """Write the figures and the page into a folder."""
    from sim import plots, report

    drawn = plots.every(results)
    figures = folder / "figures"
    figures.mkdir()
    for each in drawn:
        plots.save(each.figure, figures / each.name)
    (folder / "report.html").write_text(report.page(results, drawn, figures, command), encoding="utf-8")


def finish(target: Path, writing: Writing) -> None:
    """Name what was written."""
    if writing.quiet:
        return
    figures = sorted(path.stem for path in (target / "figures").glob("*.png"))
    files = [f"{path.name}" for path in sorted(target.glob("*.parquet"))]
    lines = ["manifest.json: all that makes these numbers again (helpseek verify)", ", ".join(files)]
    if figures:
        lines += [f"figures/: {', '.join(figures)}, each as .png and .svg"]
        lines += ["report.html: the page, in one file, for any browser"]
    showing.show_files(str(target), lines)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InputError("there is something here already; it is not overwritten", file=file) from None
    except OSError as error:
        raise InputError(f"this file cannot be written: {reason(error)}", file=file) from None
