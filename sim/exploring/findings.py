"""What a sensitivity analysis found, in a folder: tables, figures, and the manifest that can make them again."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim import manifests, plots, storing, wording
from sim.batches import people_in
from sim.errors import InputError
from sim.exploring import given, index_plots, records
from sim.exploring.designs import METHODS, units
from sim.exploring.evaluating import Progress
from sim.exploring.sensitivity import APART, Found, sensitivity
from sim.results import read as read_table
from sim.scenario import scenario_from_dict
from sim.sweeps.layout import shipped_draws
from sim.wording import counted

KIND = "sensitivity"
SHAPE = {"about": dict, "problem": dict, "tables": dict, "scenario": dict, "versions": dict}
ARGUMENTS = ("method", "base", "replicates", "seeds", "second_order", "design_seed")
TABLES = ("indices", "luck", "tornado", "points")
MUCH_LUCK = 0.2  # of the variance of means, from which on more replicates are worth asking for
TITLES = {"morris": "Morris screening", "sobol": "Sobol indices", "pawn": "PAWN indices", "delta": "Delta indices"}
TITLES |= {"tornado": "One at a time"}


def summary(problem: Mapping[str, Any], found: Found) -> list[str]:
    """What was done and what came out, in sentences."""
    about, scenario = found.about, problem["scenario"]
    number, all_of = len(units(problem)), problem["num_vars"]
    varied = counted(all_of, "parameter")
    what = f"{counted(number, 'mechanism')}, which hold {all_of} parameters" if about["grouped"] else varied
    points = about["points"]
    parts = []
    if about["method"] in points and about["method"] != "tornado":
        pairs = ", pairs too" if about["second_order"] else ""
        parts.append(f"{points[about['method']]:,} points x {about['replicates']} {seeds_said(about)}{pairs}")
    if "tornado" in points:
        parts.append(f"{points['tornado']:,} points one at a time")
    if "luck" in points:
        parts.append(f"{points['luck']:,} points x {APART[1]} seeds of their own to see luck")
    place = f"{scenario.setting.title}, {'+'.join(scenario.plan_names) or 'usual'}"
    said = [
        f"{TITLES[about['method']]} of {what}: {METHODS[about['method']]}.",
        f"{place}: {people_in(scenario):,} people, {scenario.weeks} weeks after a burn-in of "
        f"{scenario.setting.burn_in}; {'; '.join(parts)}; {about['worlds']:,} worlds in all.",
        given.in_words(problem, about["method"]),
    ]
    for measure in about["measures"]:
        if not found.indices.empty:
            said.append(
                f"{wording.said(measure).label}. {index_plots.in_words(found, measure)}{cautions(found, measure)}"
            )
    return said


def cautions(found: Found, measure: str) -> str:
    """What should keep one from reading too much into indices: luck left in the means, intervals that are wide."""
    rows = found.luck[found.luck["measure"] == measure]
    left = float(rows["left"].iloc[0]) if len(rows) else 0.0
    made = ""
    if left > MUCH_LUCK:
        made += (
            f" Indices are of means over {found.about['replicates']} seeds, of whose variance luck is still about "
            f"{left:.0%}: more replicates would tell more."
        )
    largest = index_plots.main(found, measure).head(1)
    if len(largest) and float((largest["high"] - largest["low"]).iloc[0]) > abs(float(largest["value"].iloc[0])):
        made += " The intervals are wide: a larger base would tell more."
    return made


def seeds_said(about: Mapping[str, Any]) -> str:
    """Seeds in words."""
    plural = "seed" if about["replicates"] == 1 else "seeds"
    return f"{plural}, the same at every point" if about["seeds"] == "common" else f"{plural} of its own"


def foot(problem: Mapping[str, Any], found: Found) -> str:
    """What a figure rests on."""
    scenario, about = problem["scenario"], found.about
    name = f"{scenario.setting.title}, {'+'.join(scenario.plan_names) or 'usual'}"
    base = f"{TITLES[about['method']]}, base {about['base']}"
    given_data = "; parameters as the posterior leaves them" if problem.get("drawn") else ""
    return f"{name}, simulation, {about['worlds']:,} worlds; {base}{given_data}"


def save(
    problem: Mapping[str, Any],
    found: Found,
    path: str | os.PathLike[str],
    command: str = "",
    force: bool = False,
    figures: bool = True,
) -> Path:
    """Write everything into a new folder, all or nothing."""

    def fill(folder: Path) -> None:
        for name, table in tables_of(found).items():
            table.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        manifests.write(folder, manifest(problem, found, command))
        (folder / "summary.txt").write_text("\n\n".join(summary(problem, found)) + "\n", encoding="utf-8")
        if figures:
            (folder / "figures").mkdir()
            for each in index_plots.every(found, foot(problem, found)):
                plots.save(each.figure, folder / "figures" / each.name)

    return storing.write_folder(path, fill, is_finding if force else None)


def tables_of(found: Found) -> dict[str, pd.DataFrame]:
    """The tables by their names."""
    return {name: getattr(found, name) for name in TABLES}


def manifest(problem: Mapping[str, Any], found: Found, command: str) -> dict[str, Any]:
    """All that is needed to make the tables again, and what they were made with."""
    asked = {name: problem[name] for name in ("names", "bounds", "outputs", "usual")}
    if problem.get("drawn"):
        asked |= {name: problem[name] for name in given.KEYS} | {"draws": shipped_draws()}
    own = {
        "about": found.about,
        "problem": asked | {"groups": problem.get("groups"), "at": problem.get("at", "mean")},
        "summary": summary(problem, found),
    }
    return records.signed(KIND, problem["scenario"], tables_of(found), command, own)


def again(about: Mapping[str, Any], threads: int | None, progress: Progress | None) -> records.Tables:
    """The tables of a manifest, made again from it alone."""
    asked = {name: value for name, value in about["problem"].items() if value is not None}
    if asked.pop("draws", shipped_draws()) != shipped_draws():
        raise InputError("this was made from other posterior draws than those that come with this program",
                         key="draws", allowed="the version of the program that made it")  # fmt: skip
    problem = asked | {"num_vars": len(asked["names"]), "scenario": scenario_from_dict(about["scenario"])}
    how = {name: about["about"][name] for name in ARGUMENTS}
    one_at_a_time = "tornado" in about["about"]["points"]
    return tables_of(sensitivity(problem, **how, one_at_a_time=one_at_a_time, threads=threads, progress=progress))


def opened(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Found]:
    """The manifest and the tables of a folder."""
    about = read_manifest(Path(path))
    tables = {name: read_table(Path(path) / f"{name}.parquet") for name in TABLES}
    return about, Found(about["about"], **tables)


def read_manifest(folder: Path) -> dict[str, Any]:
    """A folder's manifest, checked to be one of a sensitivity analysis."""
    found = manifests.read(folder, KIND, "sensitivity analysis")
    manifests.require(found, folder / manifests.MANIFEST, SHAPE)
    return found


def is_finding(folder: Path) -> bool:
    """Whether a folder holds a sensitivity analysis."""
    return manifests.is_one(folder, KIND)
