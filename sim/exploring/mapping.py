"""What the command map does, once its words are understood."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import cli, cli_progress, cli_words, showing
from sim.cli import Writing
from sim.cli_words import FAILED, STOPPED, Asked
from sim.errors import InputError
from sim.exploring.doing import finish


@dataclass(frozen=True)
class Question:
    """What ``helpseek map`` was asked."""

    setting: str | None
    x: str
    y: str
    measure: str
    plans: Sequence[str]
    seeds: int
    uncertainty: str
    sides: dict[str, Any]  # x_range, y_range, level, points, depth


def make_map(wanted: Question, asked: Asked, threads: int | None, writing: Writing) -> None:
    """Map a measure over two levers, and write it down."""
    from sim.exploring import map_files

    target, plan = planned(wanted, asked, writing, map_files.is_map)
    live(target, plan, threads, writing)


def resume(target: Path, wanted: Question, threads: int | None, writing: Writing) -> None:
    """Finish a map that was begun; what was asked of it is known."""
    from sim import storing
    from sim.exploring import kept, map_files

    given = {"SETTING": wanted.setting, "--x": wanted.x, "--y": wanted.y, "--plans": wanted.plans, "--out": writing.out}
    for name, value in given.items():
        if value:
            allowed = "--resume DIR alone: what was asked of the map is known"
            raise InputError(f"--resume takes no {name}", key=name, found=str(value), allowed=allowed)
    plan = kept.asked_before(target)
    storing.check_free(target, target, map_files.is_map if writing.force else None)
    live(target, plan, threads, writing)


def planned(wanted: Question, asked: Asked, writing: Writing, ours: Any) -> tuple[Path, dict[str, Any]]:
    """Where a map goes, and all that it is made of, as plain data."""
    from sim.exploring import levers

    for name, option, other in ((wanted.x, "--x", "peer_leaders.reach"), (wanted.y, "--y", "norms.conformity")):
        if not name:
            raise InputError("a map needs two levers", key=option, found="nothing", hint=f"{option} {other}")
    named = cli_words.listed_plans(wanted.plans) or levers.plans_for((wanted.x, wanted.y))
    made = cli_words.scenarios(wanted.setting, ["+".join(named)], asked)[0]
    draw = cli.drawing(wanted.uncertainty, [made])
    draws = draw(range(1, wanted.seeds + 1)) if draw else None
    target = cli.place(writing, made.setting_name, ["map", wanted.measure], ours)
    words = ["map", *([wanted.setting] if wanted.setting else []), "--x", wanted.x, "--y", wanted.y]
    words += ["--measure", wanted.measure, "--plans", *named, *side_words(wanted.sides), "--seeds", str(wanted.seeds)]
    words += (["--uncertainty", wanted.uncertainty] if draws else []) + asked.options()
    return target, {
        "command": shlex.join(["helpseek", *words]),
        "levers": [wanted.x, wanted.y, wanted.measure],
        "how": wanted.sides | {"seeds": wanted.seeds, "weeks": made.weeks, "draws": draws},
        "scenario": made.model_dump(mode="json"),
    }


def live(target: Path, plan: dict[str, Any], threads: int | None, writing: Writing) -> None:
    """Live a map, keeping what is finished until all is; write it down, and say what it shows."""
    from sim.exploring import kept, map_files, map_plots, maps, stored
    from sim.scenario import scenario_from_dict
    from sim.sweeps.locking import held

    scenario, folder = scenario_from_dict(plan["scenario"]), stored.beside(target)
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / "run"), stoppable(target):
        keep = kept.begun(target, plan)
        with cli_progress.progress("mapping", writing.quiet, worlds=True) as moved:
            found = maps.tipping_map(
                scenario, *plan["levers"], **plan["how"], threads=threads, progress=moved, keep=keep
            )
        with cli_progress.waiting("drawing", writing.quiet):
            map_files.save(found, target, plan["command"], writing.force, writing.page)
    stored.forget(folder)
    if writing.as_json:
        showing.json_out(map_files.document(found, plan["command"]))
        return
    showing.put(showing.console(), map_plots.in_words(found), map_plots.foot(found))
    finish(target, writing)


@contextmanager
def stoppable(target: Path) -> Iterator[None]:
    """Say how to go on, if the work is stopped; and that worlds failed, if some did."""
    from sim.exploring.evaluating import Failed
    from sim.sweeps.doing import interruptible

    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        again = f"helpseek map --resume {shlex.quote(str(target))}"
        raise cli_words.ended(f"stopped; what was lived is kept. Go on with: {again}", STOPPED) from None
    except Failed as error:
        raise cli_words.ended(str(error), FAILED) from None


def side_words(sides: dict[str, Any]) -> list[str]:
    """What was said of the map's sides, as words of a command."""
    made: list[str] = []
    for name, value in sides.items():
        if value is not None:
            made += ["--" + name.replace("_", "-"), *map(str, value if isinstance(value, tuple) else (value,))]
    return made
