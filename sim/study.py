"""Many runs: scenarios and seeds in, results out, the same bits however the work is shared out."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import sim
from sim import compiled, storing
from sim.batches import batches, people_in
from sim.errors import InputError, shown
from sim.manifests import FORMAT, PROGRAM, described
from sim.population import Population, World
from sim.results import Results
from sim.scenario import Network, override, resolve, scenario_from_dict
from sim.schema import Scenario
from sim.tabling import Run, Tables
from sim.wording import LUCK, LUCK_AND_PARAMETERS

CENSUS_EVERY = 4  # weeks from one count of the network to the next
LARGEST_SEED = 2**64 - 1
LIBRARIES = ("numpy", "numba", "pandas", "pyarrow")

Progress = Callable[[int, int], object]  # person-weeks done, person-weeks in all
Begin = Callable[[Population], object]
Draws = Sequence[Mapping[str, float]]  # for each seed the parameters that are drawn with it
Drawing = Callable[[Sequence[int]], Draws]  # what draws them; for a seed always the same


def run(
    scenarios: Scenario | Sequence[Scenario],
    seeds: int | Sequence[int],
    *,
    weeks: int | None = None,
    threads: int | None = None,
    persons: bool = False,
    progress: Progress | None = None,
    labels: Sequence[str] | None = None,
    draws: Draws | None = None,
) -> Results:
    """Live every scenario with every seed; a number of seeds n means the seeds 1 to n.

    ``weeks`` replaces what the scenarios say, ``threads`` are all cores unless given, ``persons`` keeps everybody's
    state in the last week, ``progress`` is called with the person-weeks done and their number in all. ``draws`` has
    parameters for each seed, the same for every scenario; intervals over seeds then hold their uncertainty as well.
    """
    chosen = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    if not chosen:
        raise InputError("there is no scenario to run", key="scenarios", found=shown(chosen))
    if weeks is not None:
        chosen = [override(scenario, {"weeks": weeks}) for scenario in chosen]
    names = labelled(chosen, labels)
    wanted = checked_seeds(seeds)
    if draws is not None and len(draws) != len(wanted):
        raise InputError("draws and seeds differ in number", key="draws", found=f"{len(draws)} for {len(wanted)} seeds")
    return lived(chosen, names, wanted, persons, threads, progress, draws=draws)


def lived(
    scenarios: Sequence[Scenario],
    labels: Sequence[str],
    seeds: Sequence[int],
    persons: bool,
    threads: int | None,
    progress: Progress | None,
    census_every: int = CENSUS_EVERY,
    draws: Draws | None = None,
    begin: Begin | None = None,
) -> Results:
    """Live what has been checked, batch by batch; a batch's people are forgotten when its tables are written down.

    ``begin`` may change people's states once, at week 0; a manifest does not tell of it.
    """
    runs = [
        Run(k * len(seeds) + place, label, drawn(scenario, draws[place]) if draws else scenario, seed)
        for k, (label, scenario) in enumerate(zip(labels, scenarios, strict=True))
        for place, seed in enumerate(seeds)
    ]
    people = {label: people_in(scenario) for label, scenario in zip(labels, scenarios, strict=True)}
    sizes = {id(r.scenario): people[r.label] for r in runs}
    meter = Meter(sum(sizes[id(r.scenario)] * (r.scenario.setting.burn_in + r.scenario.weeks) for r in runs), progress)
    tables = Tables(runs, persons)
    for batch in batches(runs, sizes):
        weeks = batch[0].scenario.weeks
        population = Population([World(r.scenario, r.seed) for r in batch], weeks, census_every, threads or cores())
        if begin:
            population.run(0, threads or cores(), meter)
            begin(population)
        population.run(weeks, threads or cores(), meter)
        tables.take(population, [r.number for r in batch])
        del population
    found = tables.finished()
    about = manifest(scenarios, labels, seeds, persons, census_every, draws)
    return Results(about | {"tables": described(found)}, found)


def drawn(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with one draw of parameters; an effect for which the plan has its own value keeps that."""
    own = {f"{item.kind}.{handle}" for item in scenario.interventions.values() for handle in item.effects}
    return override(scenario, {name: value for name, value in values.items() if name not in own})


class Meter:
    """Counts person-weeks."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def __call__(self, person_weeks: int) -> None:
        """So many more are done."""
        self.done += person_weeks
        if self.progress:
            self.progress(self.done, self.total)


def checked_seeds(seeds: int | Sequence[int]) -> list[int]:
    """The seeds as whole numbers, each once; a number n stands for 1 to n."""
    if isinstance(seeds, int):
        if isinstance(seeds, bool) or seeds < 1:
            raise InputError("at least one seed is needed", key="seeds", found=shown(seeds))
        return list(range(1, seeds + 1))
    found: list[int] = []
    for seed in seeds:
        plain = seed.item() if hasattr(seed, "item") else seed
        if isinstance(plain, bool) or not isinstance(plain, int) or not 0 <= plain <= LARGEST_SEED:
            raise InputError("this is no seed", key="seeds", found=shown(plain), allowed=f"0 to {LARGEST_SEED}")
        found.append(plain)
    if not found:
        raise InputError("at least one seed is needed", key="seeds", found="an empty list")
    if len(set(found)) < len(found):
        twice = next(seed for seed in found if found.count(seed) > 1)
        raise InputError("a seed is given twice", key="seeds", found=shown(twice))
    return found


def labelled(scenarios: Sequence[Scenario], labels: Sequence[str] | None) -> list[str]:
    """A label for each scenario: those given, or the plans' names, with the setting's where there are several."""
    if labels is not None:
        names = list(labels)
        if len(names) != len(scenarios):
            raise InputError("labels and scenarios differ in number", key="labels", found=f"{len(names)} labels")
        if len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
            raise InputError("labels should be texts that differ", key="labels", found=", ".join(map(str, names)))
        return names
    several = len({scenario.setting_name for scenario in scenarios}) > 1
    names = []
    for scenario in scenarios:
        plans = "+".join(Path(name).stem for name in scenario.plan_names) or "usual"
        name = f"{Path(scenario.setting_name).stem}: {plans}" if several else plans
        number = 1
        while (name if number == 1 else f"{name} ({number})") in names:
            number += 1
        names.append(name if number == 1 else f"{name} ({number})")
    return names


def manifest(
    scenarios: Sequence[Scenario],
    labels: Sequence[str],
    seeds: Sequence[int],
    persons: bool,
    census_every: int,
    draws: Draws | None = None,
) -> dict[str, Any]:
    """All that is needed to make the runs again, and what they were made with."""
    return {
        "format": FORMAT,
        "program": PROGRAM,
        "version": sim.__version__,
        "versions": versions(),
        "engine": compiled.source_digest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seeds": list(seeds),
        "uncertainty": LUCK if draws is None else LUCK_AND_PARAMETERS,
        "draws": None if draws is None else [dict(draw) for draw in draws],
        "persons": persons,
        "census_every": census_every,
        "scenarios": [
            {
                "label": label,
                "digest": scenario.digest(),
                "files": file_digests(scenario),
                "scenario": scenario.model_dump(mode="json"),
            }
            for label, scenario in zip(labels, scenarios, strict=True)
        ],
    }


def versions() -> dict[str, str]:
    """What results are made with."""
    return {"python": python_version()} | {name: version(name) for name in LIBRARIES}


def file_digests(scenario: Scenario) -> dict[str, str]:
    """The SHA-256 of each file that a scenario's network comes from."""
    if scenario.setting.network is None:
        return {}
    from sim import network

    return network.digests(scenario.setting)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def compare(
    setting: str | os.PathLike[str] | None,
    plans: Sequence[str | os.PathLike[str] | Sequence[str]],
    seeds: int | Sequence[int],
    weeks: int | None = None,
    parameters: Mapping[str, float] | None = None,
    people: int | None = None,
    network: Network = None,
    **options: Any,
) -> Results:
    """Live one setting under several plans with the same seeds. A plan is a name, ``"a+b"``, or a list of names."""
    if isinstance(plans, str | os.PathLike):
        plans = [plans]
    scenarios = [
        resolve(setting, parts_of(plan), parameters=parameters, weeks=weeks, people=people, network=network)
        for plan in plans
    ]
    return run(scenarios, seeds, **options)


def parts_of(plan: str | os.PathLike[str] | Sequence[str]) -> list[str | os.PathLike[str]]:
    """The plans that stand together: a list as it is, ``"a+b"`` taken apart, a file's path as it is."""
    if isinstance(plan, str) and not plan.endswith(".yaml"):
        return list(plan.split("+"))
    return [plan] if isinstance(plan, str | os.PathLike) else list(plan)


@dataclass(frozen=True)
class Verification:
    """Whether a result came out the same again; if not, where it differs. Versions that changed are named apart."""

    ok: bool
    differences: list[str]
    versions: list[str] = field(default_factory=list)


def verify(path: str | os.PathLike[str], threads: int | None = None, progress: Progress | None = None) -> Verification:
    """Make a stored result again from its manifest alone, and compare every table with it to the last bit."""
    stored = Results.open(path)
    about = stored.manifest
    changed = changed_versions(about)
    faults = []
    for name, each in about["tables"].items():
        if storing.digest(stored.table(name)) != each["sha256"]:
            faults.append(f"{name}: this table was changed since it was written")
    for each in about["scenarios"]:
        try:
            faults += unlike_files(each)
        except InputError as error:
            return Verification(False, [*faults, f"{each['label']}: {error}"], changed)
    if faults:
        return Verification(False, faults, changed)
    again = lived(
        stored.scenarios,
        stored.labels,
        stored.seeds,
        stored.manifest["persons"],
        threads,
        progress,
        about["census_every"],
        about.get("draws"),
    )
    for name, each in about["tables"].items():
        if again.manifest["tables"].get(name, {}).get("sha256") != each["sha256"]:
            faults.append(f"{name}: {storing.where_unlike(stored.table(name), again.table(name))}")
    return Verification(not faults, faults, changed)


def unlike_files(entry: Mapping[str, Any]) -> list[str]:
    """What of a scenario in a manifest is no longer what it was: its network's files, or its own text."""
    scenario = scenario_from_dict(entry["scenario"])
    found = [
        f"{entry['label']}: the file of {part} is no longer the one that was used"
        for part, digest in file_digests(scenario).items()
        if entry["files"].get(part) != digest
    ]
    if not found and scenario.digest() != entry["digest"]:
        found.append(f"{entry['label']}: this scenario was changed in the manifest since it was written")
    return found


def changed_versions(about: Mapping[str, Any]) -> list[str]:
    """What a result was made with that is another here."""
    here = versions() | {PROGRAM: sim.__version__, "compiled sources": compiled.source_digest()}
    then = about["versions"] | {PROGRAM: about["version"], "compiled sources": about["engine"]}
    return [f"{name}: {then.get(name)} then, {here[name]} here" for name in here if then.get(name) != here[name]]
