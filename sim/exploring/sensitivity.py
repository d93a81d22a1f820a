"""What matters for an outcome: a design lived, its indices, one change at a time, and how much of it all is luck."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.errors import InputError, listed, shown
from sim.exploring import chance, designs, indices, problems
from sim.exploring.evaluating import Progress, mean, seeds_of
from sim.exploring.evaluating import outcomes as lived
from sim.exploring.tornado import tornado
from sim.sweeps.measuring import Chosen

Live = Callable[[np.ndarray, np.ndarray, Progress | None], np.ndarray]  # points, seeds: (points, replicates, measures)

SEEDS = ("common", "independent")
MOST_PAIRS = 20  # units up to which pairs are looked at
LEAST_SEEDS = 4  # of the tornado: its bars are differences of two points only
APART = (16, 8)  # points and seeds at each that show how much luck there is, where all other points share their seeds


class Found(NamedTuple):
    """What a sensitivity analysis found, as tables.

    - ``indices``: a row for each measure, unit and index; see ``indices.indices``
    - ``luck``: a row for each measure; see ``chance.Luck``
    - ``tornado``: a row for each measure and parameter; see ``tornado.tornado``
    - ``points``: every world that was lived: its part (design, tornado, luck), point, block, seed, values, outcomes
    """

    about: dict[str, Any]
    indices: pd.DataFrame
    luck: pd.DataFrame
    tornado: pd.DataFrame
    points: pd.DataFrame


def sensitivity(
    problem: Mapping[str, Any],
    method: str = "sobol",
    base: int = 64,
    *,
    replicates: int = 2,
    seeds: str = "common",
    one_at_a_time: bool = True,
    second_order: bool | None = None,
    design_seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    live: Live | None = None,
) -> Found:
    """Find out what moves the outcomes of a problem, by "morris", "sobol", "pawn", "delta" or "tornado".

    Mechanisms are taken as wholes where the problem has groups (Sobol and Morris); PAWN and delta look at parameters
    one by one. ``replicates`` worlds are lived at each point, two at least to tell luck from parameters, with common
    seeds or "independent" ones; with common seeds some points are also lived with seeds of their own, to see luck.
    ``one_at_a_time`` adds the tornado. Pairs (``second_order``) are looked at for up to 20 units unless said otherwise.
    ``live`` may stand in for the model.
    """
    chosen = Chosen.of(problem["outputs"], problem.get("at", "mean"))
    if seeds not in SEEDS:
        raise InputError("these are no seeds", key="seeds", found=shown(seeds), allowed=listed(SEEDS))
    pairs = len(designs.units(problem)) <= MOST_PAIRS if second_order is None else second_order
    planned = [designs.design(problem, method, base, design_seed, pairs)]
    if one_at_a_time and method != "tornado":
        planned.append(designs.design(problem, "tornado", base))
    if seeds == "common" and method != "tornado" and replicates > 1:
        planned.append(designs.apart(planned[0], min(base, APART[0])))
    drawn_for = [seeds_for(each, replicates, seeds) for each in planned]
    worlds = [drawn.size for drawn in drawn_for]
    found, done = [], 0
    for each, drawn, count in zip(planned, drawn_for, worlds, strict=True):
        step = shifted(progress, done, sum(worlds))
        if live is None:
            values = lived(
                problem["scenario"], problem["names"], each.points, drawn, chosen, threads=threads, progress=step
            )
        else:
            values = live(each.points, drawn, step)
        found.append((each, drawn, values))
        done += count
    columns = list(chosen.columns)
    about = {
        "method": method,
        "base": base,
        "replicates": replicates,
        "seeds": seeds,
        "second_order": bool(pairs) if method == "sobol" else False,
        "grouped": bool(problem.get("groups")) and method in ("sobol", "morris"),
        "uncertainty": problem.get("uncertainty", "none"),
        "measures": columns,
        "at": chosen.at[0],
        "design_seed": design_seed,
        "points": {each.method: len(each.points) for each in planned},
        "worlds": sum(worlds),
    }
    return Found(about, *tables(problem, columns, found, seeds == "common"))


def seeds_for(design: designs.Design, replicates: int, seeds: str) -> np.ndarray:
    """The seeds of a design's points: (points, replicates)."""
    if design.method == "luck":
        return seeds_of(len(design.points), APART[1], "independent")
    if design.method == "tornado":
        return seeds_of(len(design.points), max(LEAST_SEEDS, replicates), "common")
    return seeds_of(len(design.points), replicates, seeds)


def shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one part as progress of the whole."""
    return None if progress is None else lambda done, _: progress(before + done, total)


def tables(
    problem: Mapping[str, Any], columns: list[str], found: list[tuple], common: bool
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """All tables of what was lived."""
    told, shares, ends, points = [], [], [], []
    apart = next((values for design, _, values in found if design.method == "luck"), None)
    for design, drawn, values in found:
        means = mean(values)
        for k, measure in enumerate(columns):
            runs = values[..., k]
            if design.method == "tornado":
                ends.append(tornado(problem, design.points, runs).assign(measure=measure))
                continue
            if design.method == "luck":
                continue
            luck = chance.luck(runs, common, design.blocks, apart=None if apart is None else apart[..., k])
            shares.append({"measure": measure, **luck._asdict()})
            told.append(indices.indices(problem, design, means[:, k], luck).assign(measure=measure))
        points.append(lived_points(problem, columns, design, drawn, values))
    return (
        with_mechanisms(problem, joined(told, [*indices.COLUMNS, "measure"])),
        pd.DataFrame(shares, columns=["measure", *chance.Luck._fields]),
        with_mechanisms(problem, joined(ends, ["unit", "measure"])),
        pd.concat(points, ignore_index=True),
    )


def joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Tables of all measures as one."""
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def with_mechanisms(problem: Mapping[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    """The table with measure first, and for each unit its mechanism and what figures call it."""
    scenario = problem.get("scenario")
    singles = set(problem["names"])
    mechanism = {name: problems.group_of(scenario, name) if scenario else "" for name in singles}
    made = table.copy()
    made.insert(0, "measure", made.pop("measure"))
    made.insert(2, "mechanism", [mechanism.get(name, name) for name in made["unit"]])
    made.insert(3, "label", [problems.label_of(name) if name in singles else title(name) for name in made["unit"]])
    return made


def title(mechanism: str) -> str:
    """A mechanism as figures call it."""
    return mechanism.replace("_", " ").capitalize()


def lived_points(
    problem: Mapping[str, Any], columns: list[str], design: designs.Design, drawn: np.ndarray, values: np.ndarray
) -> pd.DataFrame:
    """Every world that was lived."""
    replicates = drawn.shape[1]
    each = np.repeat(np.arange(len(design.points)), replicates)
    made = {
        "part": design.method if design.method in ("tornado", "luck") else "design",
        "point": each,
        "block": design.blocks[each],
        "seed": drawn.ravel().astype(np.uint64),
    }
    inputs = {name: design.points[each, k] for k, name in enumerate(problem["names"])}
    return pd.DataFrame(made | inputs | {name: values[..., k].ravel() for k, name in enumerate(columns)})
