"""Power and design: how likely a trial of some size is to find its effect, and the size that a wanted power takes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim import structure
from sim.errors import InputError, shown
from sim.files import Loaded
from sim.schema import Scenario
from sim.trials import analysing, composing, living, summing
from sim.trials.formula import Plan, normal_power, plan_of, size_needed, textbook_error, wilson
from sim.trials.living import Data, Progress
from sim.trials.schema import ARM_SCALES, BASELINE, Outcome, TrialFile

STEPS = (0.25, 0.5, 0.75, 1.0, 1.5)  # of the size that the wanted power takes, or else of the trial's own
LARGEST_STEP = 3.0  # of the trial's own size: no larger one is simulated unless asked for
FEWEST_UNITS = 4
UNITS = {"groups": "groups", "communities": "communities", "people": "people", "nobody": "people"}


@dataclass(frozen=True)
class Power:
    """Power by size: ``table`` has a row for each outcome and size; ``unit`` says what sizes count."""

    trial: TrialFile
    unit: str
    target: float
    replicates: int
    own: int  # the trial's own size
    table: pd.DataFrame
    plans: dict[str, Plan]  # what the formula knows, by outcome

    def formula(self, outcome: str, sizes: np.ndarray, clustered: bool = True) -> np.ndarray:
        """An outcome's power at these sizes by the formula, with clusters or as if people were independent."""
        plan = self.plans[outcome]
        error = textbook_error(plan, self.trial.outcomes[outcome], clustered)
        return np.array([normal_power(plan.effect, error * math.sqrt(self.own / size)) for size in sizes])

    def records(self) -> list[dict[str, Any]]:
        """The rows as plain data, None for what is not known."""
        return [{name: summing.plain(value) for name, value in row.items()} for row in self.table.to_dict("records")]


def power(
    found: Loaded[TrialFile],
    changes: Mapping[str, Any] | None = None,
    sizes: Sequence[int] | None = None,
    target: float = 0.8,
    *,
    replicates: int = 100,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Power:
    """The power of a trial's primary outcomes at some sizes, by simulation and by formula.

    Sizes count what is randomised: groups, communities or people. The size that ``target`` needs is worked out from the
    effect and error at the trial's own size; unless sizes are given, sizes around it are simulated.
    """
    if not 0.05 < target < 1.0:
        raise InputError("this is no power to wish for", key="target", found=shown(target), allowed="0.05 to 1")
    asked = dict(changes or {})
    primary = only_primary(found)
    own = size_of(primary, composing.compose(primary, asked).scenarios[0])
    wanted = None if sizes is None else checked(sizes, primary.model)
    sizing = Sizing(primary, asked, range(seed, seed + replicates), threads, Parts(progress, 2 + len(wanted or STEPS)))
    base = sizing.lived([own])[own]
    outcomes = primary.model.outcomes
    plans = {key: plan_of(base, outcome, key) for key, outcome in outcomes.items()}
    needed = {key: sizes_needed(plan, outcomes[key], own, target, primary.model) for key, plan in plans.items()}
    if wanted is None:
        wanted = usual_sizes([size for size, _ in needed.values()], own, primary.model)
    names = ("target", "size_for_target", "size_for_target_formula")
    ends = {key: dict(zip(names, (target, *sizes), strict=True)) for key, sizes in needed.items()}
    data = {own: base} | sizing.lived([size for size in wanted if size != own])
    rows = [
        at(data[size], key, each, size, plans[key], own) | ends[key]
        for size in wanted
        for key, each in outcomes.items()
    ]
    table = pd.DataFrame(rows).sort_values(["outcome", "size"], kind="stable", ignore_index=True)
    return Power(found.model, UNITS[found.model.design.randomise], target, replicates, own, table, plans)


def usual_sizes(needed: Sequence[int | None], own: int, trial: TrialFile) -> list[int]:
    """Sizes around those that the wanted power takes, as far as they are not too large, and the trial's own."""
    middles = [min(size, LARGEST_STEP * own / STEPS[-1]) for size in needed if size] or [float(own)]
    found = [max(FEWEST_UNITS, round(middle * step)) for middle in middles for step in STEPS]
    return checked([*found, own], trial)


@dataclass
class Sizing:
    """Trials of several sizes: those that take part of one community share its years before."""

    found: Loaded[TrialFile]
    changes: Mapping[str, Any]
    seeds: Sequence[int]
    threads: int | None
    progress: "Parts"

    def lived(self, sizes: Sequence[int]) -> dict[int, Data]:
        """The trials of each size."""
        made = {size: at_size(self.found, self.changes, size) for size in sizes}
        own = self.found.model.people
        inside = [size for size, (found, _) in made.items() if found.model.people == own and not self.by_communities]
        data: dict[int, Data] = {}
        if inside:
            designs = [made[size][0].model.design for size in inside]
            pairs = [(seed, self.changes) for seed in self.seeds]
            how: dict[str, Any] = {"threads": self.threads, "progress": self.progress.next()}
            data = dict(zip(inside, living.simulate_designs(self.found, designs, pairs, **how), strict=True))
        for size, (found, kept) in made.items():
            if size not in data:
                pairs = [(seed, kept) for seed in self.seeds]
                how = {"threads": self.threads, "progress": self.progress.next()}
                data[size] = living.simulate(found, pairs, **how)
        return data

    @property
    def by_communities(self) -> bool:
        """Whether whole communities are randomised, so that another size has other communities."""
        return self.found.model.design.randomise == "communities"


class Parts:
    """One progress out of several runs of unlike size."""

    def __init__(self, progress: Progress | None, parts: int) -> None:
        self.progress, self.parts, self.begun = progress, parts, -1

    def next(self) -> Progress | None:
        """The progress of the next run."""
        self.begun = min(self.begun + 1, self.parts - 1)
        begun, progress = self.begun, self.progress
        if progress is None:
            return None
        return lambda done, total: progress(int(1000 * (begun + done / max(total, 1))), 1000 * self.parts)


def only_primary(found: Loaded[TrialFile]) -> Loaded[TrialFile]:
    """The trial with nothing but its primary outcomes, and no weeks after the last of them."""
    trial = found.model
    testable = {key: each for key, each in trial.outcomes.items() if can_be_tested(each)}
    chosen = {key: each for key, each in testable.items() if each.primary} or dict(list(testable.items())[:1])
    if not chosen:
        allowed = "an outcome that compares arms, or a gain"
        raise InputError("there is nothing to test in this trial", file=found.files[0], key="outcomes", allowed=allowed)
    used = {name for each in chosen.values() for name in each.at if name != BASELINE}
    follow_ups = {name: each for name, each in trial.follow_ups.items() if name in used} or trial.follow_ups
    return replace(found, model=trial.model_copy(update={"outcomes": chosen, "follow_ups": follow_ups}))


def can_be_tested(outcome: Outcome) -> bool:
    """Whether an outcome has an effect that may be none."""
    return outcome.effect == "gain" or outcome.effect not in (*ARM_SCALES, "ratio")


def size_of(found: Loaded[TrialFile], scenario: Scenario) -> int:
    """How many units a trial randomises."""
    design, setting = found.model.design, scenario.setting
    if design.randomise == "communities":
        return design.communities
    if setting.people is None:
        raise InputError("a trial on a network of one's own has the size that it has", key="setting")
    if design.randomise == "groups":
        return (design.participants or groups_of(scenario)) * design.communities
    return (design.participants or setting.people) * design.communities


def groups_of(scenario: Scenario) -> int:
    """How many groups a community has at the start."""
    return int(structure.nest(scenario.setting.people or 0, scenario.setting.units)[0][0].size - 1)


def checked(sizes: Sequence[int], trial: TrialFile) -> list[int]:
    """Sizes that a trial can have; those of matched sets hold whole sets."""
    arms = len(trial.arms)
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int) or not FEWEST_UNITS <= size <= 1_000_000:
            allowed = f"{FEWEST_UNITS} to 1,000,000"
            raise InputError("this is no size of a trial", key="clusters", found=shown(size), allowed=allowed)
    return sorted({math.ceil(size / arms) * arms if trial.design.pairs else size for size in sizes})


def at_size(
    found: Loaded[TrialFile], changes: Mapping[str, Any], size: int
) -> tuple[Loaded[TrialFile], dict[str, Any]]:
    """The trial at another size, and the changes that are left to make.

    A smaller trial takes a part of the same community, a larger one needs a larger community.
    """
    trial = found.model
    scenario = composing.compose(found, changes).scenarios[0]
    own, people = size_of(found, scenario), scenario.setting.people or 0
    kept = {name: value for name, value in changes.items() if name != "setting.people"}
    if size == own:
        return found, dict(changes)
    if trial.design.randomise == "communities":
        design = trial.design.model_copy(update={"communities": size})
        return replace(found, model=trial.model_copy(update={"design": design})), dict(changes)
    each = round(size / trial.design.communities)
    if trial.design.randomise == "groups":
        every = groups_of(scenario)
        participants = each if each < every else None
        members = max(people, round(people * each / every))
    else:
        participants = each if trial.design.participants else None
        share = (trial.design.participants or people) / people
        members = max(people, math.ceil(each / share)) if participants else each
    changed: dict[str, Any] = {"design": trial.design.model_copy(update={"participants": participants})}
    if members != people:
        changed["people"] = members
    return replace(found, model=trial.model_copy(update=changed)), dict(changes) if members == people else kept


def at(data: Data, key: str, outcome: Outcome, size: int, plan: Plan, own: int) -> dict[str, Any]:
    """One outcome at one size: power with its Monte Carlo error, and what losses and clusters cost."""
    found = analysing.analyse(data)
    found = found[found.key == key]
    good = found[np.isfinite(found.estimate)]
    alone = analysing.analyse(data, clustered=False)
    naive = float(np.sqrt(np.mean(alone.error[alone.key == key] ** 2)))
    whole = analysing.analyse(everybody_kept(data))
    whole = whole[(whole.key == key) & np.isfinite(whole.estimate)]
    hits = round(float(summing.detected(good, outcome, data.trial)) * len(good)) if len(good) else 0
    low, high = wilson(hits, len(found))
    error = float(np.sqrt(np.mean(good.error**2))) if len(good) else math.nan
    back = np.exp if analysing.on_logs(outcome, data.trial) else float
    ratio = own / size
    return {
        "outcome": key,
        "title": outcome.title,
        "week": analysing.week_of(outcome, data.trial),
        "size": size,
        "people": float(found.people.mean()),
        "estimate": float(back(good.estimate.mean())) if len(good) else math.nan,
        "standard_error": error,
        "icc": summing.mean_or_nothing(good.icc),
        "power": hits / len(found),
        "power_low": low,
        "power_high": high,
        "power_formula": normal_power(plan.effect, textbook_error(plan, outcome) * math.sqrt(ratio)),
        "power_nobody_lost": float(summing.detected(whole, outcome, data.trial)),
        "power_no_clustering": normal_power(plan.effect, textbook_error(plan, outcome, False) * math.sqrt(ratio)),
        "design_effect": (error / naive) ** 2 if naive else math.nan,
        "replicates": len(found),
        "failed": len(found) - len(good),
    }


def everybody_kept(data: Data) -> Data:
    """The same trials without any losses."""
    kept = {name: np.ones_like(each) for name, each in data.rows.kept.items()}
    return replace(data, rows=replace(data.rows, kept=kept))


def sizes_needed(
    plan: Plan, outcome: Outcome, own: int, target: float, trial: TrialFile
) -> tuple[int | None, int | None]:
    """The size that ``target`` takes, by the simulated error at the trial's own size and by the formula's."""
    errors = (plan.simulated_error, textbook_error(plan, outcome))
    found = [size_needed(plan, error, own, target) for error in errors]
    first, second = (size and checked([max(FEWEST_UNITS, math.ceil(size))], trial)[0] for size in found)
    return int(first) if first else None, int(second) if second else None
