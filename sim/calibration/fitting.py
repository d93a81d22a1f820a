"""A fit from beginning to end: screen, live wave after wave where emulators agree with the data, draw, weigh.

History matching with emulators: after each wave the emulators are fitted again to everything lived so far, and the next
wave is drawn from where they say that the model agrees with what was observed. The last wave's points, lived for real,
are the posterior draws, weighted by what the last emulators say of them against the ones that they were drawn from. At
last the point is found that stands for the fit where one set of values is wanted (see ``pointing``).
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from sim import compiled
from sim.calibration import chunks, emulating, identifying, pointing, sampling, screening
from sim.calibration.priors import Prior, default, prior
from sim.calibration.targets import FIT, Target, targets
from sim.errors import InputError, shown
from sim.posterior import WEIGHT

MANIFEST, SCREENING, POSTERIOR, FACTS = "manifest.json", "screening.parquet", "posterior.parquet", "facts.parquet"
POINT = "point.json"

Told = Callable[[str, int, int], object]  # what is being done, points done, points in all


@dataclass(frozen=True)
class Effort:
    """How much a fit does."""

    trajectories: int  # of the screening
    first: int  # points of the first wave, spread over the whole prior
    waves: tuple[int, ...]  # points of each further wave
    draws: int  # points of the last wave: the posterior draws


FULL = Effort(trajectories=3, first=320, waves=(240, 240, 600), draws=600)
QUICK = Effort(trajectories=2, first=64, waves=(), draws=48)


@dataclass
class Lived:
    """Everything lived so far: points of the unit cube and the facts there."""

    points: np.ndarray
    facts: pd.DataFrame

    def with_more(self, points: np.ndarray, facts: pd.DataFrame) -> "Lived":
        """These and more."""
        return Lived(np.vstack([self.points, points]), pd.concat([self.facts, facts], ignore_index=True))


def begin(folder: Path, effort: Effort, seed: int) -> None:
    """Write down what is to be done, so that anyone can go on with it."""
    if folder.exists() and any(folder.iterdir()):
        hint = f"helpseek calibrate --resume {folder}"
        raise InputError("there is something here already", file=str(folder), allowed="a new folder", hint=hint)
    folder.mkdir(parents=True, exist_ok=True)
    about = {
        "program": "help-seeking-norms",
        "kind": "fit",
        "version": sim.__version__,
        "engine": compiled.source_digest(),
        "effort": asdict(effort),
        "seed": seed,
        "parameters": list(prior().names),
        "targets": [target.id for target in fit_targets()],
    }
    unfinished = folder / f".{MANIFEST}"
    unfinished.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    os.replace(unfinished, folder / MANIFEST)


def resumed(folder: Path) -> tuple[Effort, int]:
    """What a fit that was begun is to do. Raises InputError if this is none, or one of other code."""
    try:
        about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        effort = Effort(**{**about["effort"], "waves": tuple(about["effort"]["waves"])})
        numbers = (effort.trajectories, effort.first, effort.draws, *effort.waves)
        if not all(type(each) is int and each > 0 for each in numbers):
            raise ValueError("no effort")
        begun = about["engine"], about["parameters"], about["targets"], int(about["seed"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"no {MANIFEST}" if isinstance(error, OSError) else f"a damaged {MANIFEST}, or another thing's"
        allowed = "the folder of helpseek calibrate --out"
        raise InputError("this is no fit that was begun", file=folder, found=found, allowed=allowed) from None
    if begun[0] != compiled.source_digest():
        hint = "begin a new one; points of two engines do not mix"
        raise InputError("this fit was begun with another engine", file=str(folder), found=shown(begun[0]), hint=hint)
    if begun[1] != list(prior().names) or begun[2] != [target.id for target in fit_targets()]:
        raise InputError("this fit was begun with other parameters or targets", file=str(folder))
    return effort, begun[3]


def fit_targets() -> list[Target]:
    """What takes part in fitting."""
    return [target for target in targets() if target.used_for == FIT]


def run(folder: Path, workers: int, told: Told | None = None) -> pd.DataFrame:
    """Do what is left of a fit and write down its draws and its point; the posterior table."""
    effort, seed = resumed(folder)
    if (folder / POINT).exists() and (folder / POSTERIOR).exists():
        return chunks.kept(folder / POSTERIOR)
    space = prior()
    live = partial(step, folder, space, workers, told)
    inputs = screened(folder, space, effort, seed, live)
    points = latin(len(space.names), effort.first, seed)
    known = Lived(points, live("wave 1", points, numbered(seed, 1, len(points))))
    emulated = emulating.emulators(fit_targets(), inputs, known.points, known.facts)
    for wave, number in enumerate((*effort.waves, effort.draws), start=2):
        before = emulated
        draw = partial(plausible, space, inputs, known, before, number, seed + wave, told)
        points = drawn(folder / f"points_{wave}.parquet", space, draw)
        found = live(f"wave {wave}", points, numbered(seed, wave, number))
        known = known.with_more(points, found)
        emulated = emulating.emulators(fit_targets(), inputs, known.points, known.facts)
    table = pd.DataFrame(space.scaled(points), columns=list(space.names))
    table.insert(0, WEIGHT, weights(points, before, emulated))
    write(folder / FACTS, found)
    write(folder / POSTERIOR, table)
    settle(folder, space, inputs, known, emulated, seed, len(effort.waves) + 3, live, told)
    return table


def settle(
    folder: Path,
    space: Prior,
    inputs: dict[str, list[int]],
    known: Lived,
    emulated: dict[str, emulating.Emulator],
    seed: int,
    wave: int,
    live: Callable,
    told: Told | None,
) -> None:
    """Find the point that stands for the fit: live near it, and take the middle of what agrees with the data there."""
    found = identifying.identified(chunks.kept(folder / POSTERIOR))
    narrowed = space.places(found.loc[found["verdict"] == identifying.NARROWED, "parameter"].tolist())
    centre = np.clip(space.unit(np.array([default(name) for name in space.names])), 0.0, 1.0)
    progress = partial(told, "drawing") if told else None

    def draw(number: int, seed: int) -> np.ndarray:
        return pointing.near(fit_targets(), emulated, centre, narrowed, known.points, number, seed, progress)

    if narrowed:
        points = drawn(folder / "near.parquet", space, lambda: draw(pointing.LIVED, seed + wave))
        known = known.with_more(points, live("near the point", points, numbered(seed, wave, len(points))))
        emulated = emulating.emulators(fit_targets(), inputs, known.points, known.facts)
    middle = pointing.middle(space, draw(pointing.DRAWN, seed + wave), narrowed) if narrowed else {}
    unfinished = folder / f".{POINT}"
    unfinished.write_text(json.dumps(middle, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, folder / POINT)


def step(
    folder: Path, space: Prior, workers: int, told: Told | None, name: str, points: np.ndarray, seeds: list[int]
) -> pd.DataFrame:
    """The facts at the points of one step."""
    progress = partial(told, name) if told else None
    return chunks.lived(folder / "lived", name.replace(" ", "_"), space, points, seeds, workers, progress)


def screened(folder: Path, space: Prior, effort: Effort, seed: int, live: Callable) -> dict[str, list[int]]:
    """For each target the columns of the parameters that matter to it."""
    points = screening.design(space, effort.trajectories, seed)
    facts = live("screening", points, [seed] * len(points))
    moved = screening.effects(space, points, facts, fit_targets())
    write(folder / SCREENING, moved.reset_index())
    return {name: space.places(names) for name, names in screening.inputs(moved).items()}


def latin(dimensions: int, number: int, seed: int) -> np.ndarray:
    """A Latin hypercube in the unit cube."""
    from scipy.stats import qmc

    return qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(number)


def numbered(seed: int, wave: int, number: int) -> list[int]:
    """A seed of its own for each point of a wave."""
    return [seed + 100_000 * wave + k for k in range(number)]


def drawn(file: Path, space: Prior, draw: Callable[[], np.ndarray]) -> np.ndarray:
    """The points of a wave: those of the file, or new ones, kept so that a fit goes on with the same after a stop."""
    if not file.exists():
        write(file, pd.DataFrame(draw(), columns=list(space.names)))
    table = chunks.kept(file)
    if missing := [name for name in space.names if name not in table]:
        raise InputError(
            "this table lacks a parameter", file=file, key=missing[0], allowed="a table as the fit wrote it"
        )
    return table[list(space.names)].to_numpy()


def plausible(
    space: Prior,
    inputs: dict[str, list[int]],
    known: Lived,
    emulated: dict[str, emulating.Emulator],
    number: int,
    seed: int,
    told: Told | None = None,
) -> np.ndarray:
    """Points where the emulators agree with the data; what matters to no fact is spread over its whole prior."""
    matter = sorted({place for places in inputs.values() for place in places})
    points = latin(len(space.names), number, seed)

    def misfit(some: np.ndarray) -> np.ndarray:
        whole = np.full((len(some), len(space.names)), 0.5)
        whole[:, matter] = some
        return emulating.misfit(fit_targets(), emulated, whole)

    seen = known.points[:, matter]
    start = seen[np.argsort(misfit(seen), kind="stable")]
    points[:, matter] = sampling.draws(misfit, start, number, seed, partial(told, "drawing") if told else None)
    return points


def weights(points: np.ndarray, before: dict, after: dict) -> np.ndarray:
    """What each draw counts for: its likelihood by the last emulators over that by the ones that it was drawn from."""
    change = emulating.misfit(fit_targets(), after, points) - emulating.misfit(fit_targets(), before, points)
    found = np.exp(-0.5 * (change - change.min()))
    found = np.minimum(found, 10 * np.median(found))  # no draw counts for ten ordinary ones
    return found / found.sum()


def write(file: Path, table: pd.DataFrame) -> None:
    """Write a table, whole or not at all."""
    unfinished = file.with_name(f".{file.name}")
    table.to_parquet(unfinished, index=False)
    os.replace(unfinished, file)
