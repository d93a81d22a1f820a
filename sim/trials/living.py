"""Many trials lived at once: seeds and parameter values in, one row for each person and trial out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.batches import people_in
from sim.files import Loaded
from sim.population import Population, World
from sim.schema import Scenario
from sim.study import cores
from sim.trials import assigning, chance, scoring, watching
from sim.trials.assigning import Assigned
from sim.trials.composing import Composed, compose
from sim.trials.schema import Design, TrialFile

BATCH_PEOPLE = 400_000  # people held in memory at once
PAIRS = 1_000_000  # matched sets of one community: keeps those of different communities apart
Pair = tuple[int, Mapping[str, Any]]  # a seed, and values changed by name
Progress = Callable[[int, int], object]


@dataclass(eq=False)
class Rows:
    """What a trial measured, one row for each person."""

    arm: np.ndarray  # int8
    cluster: np.ndarray  # int64: what was randomised together, or the person alone
    pair: np.ndarray  # int32: the matched set, -1 is none
    scores: scoring.Scores  # float64, by measure and occasion
    kept: dict[str, np.ndarray]  # bool, by occasion: who was measured

    @property
    def size(self) -> int:
        """How many people there are."""
        return int(self.arm.size)

    @classmethod
    def together(cls, parts: "Sequence[Rows]") -> "Rows":
        """Rows one after the other."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            np.concatenate([each.arm for each in parts]),
            np.concatenate([each.cluster for each in parts]),
            np.concatenate([each.pair for each in parts]),
            {key: np.concatenate([each.scores[key] for each in parts]) for key in parts[0].scores},
            {key: np.concatenate([each.kept[key] for each in parts]) for key in parts[0].kept},
        )

    def part(self, chosen: slice | np.ndarray) -> "Rows":
        """Some of the rows."""
        return Rows(
            self.arm[chosen],
            self.cluster[chosen],
            self.pair[chosen],
            {key: each[chosen] for key, each in self.scores.items()},
            {key: each[chosen] for key, each in self.kept.items()},
        )


@dataclass(eq=False)
class Data:
    """What all replicates of a trial measured, replicates one after the other."""

    trial: TrialFile
    pairs: list[Pair]
    starts: np.ndarray  # int64 (replicates + 1): the rows of each replicate
    rows: Rows
    turns: int = 1  # how often everybody is in it: once, or once in each arm

    @property
    def replicates(self) -> int:
        """How many trials were lived."""
        return len(self.pairs)

    def replicate(self, number: int) -> Rows:
        """One trial's rows."""
        return self.rows.part(slice(int(self.starts[number]), int(self.starts[number + 1])))


@dataclass(eq=False)
class Piece:
    """One community of one job, in a population."""

    job: int
    community: int
    turn: int  # how far the arms are turned: 0, and 1 and on where each person is lived in every arm
    arm: int  # of the whole community, where communities are randomised
    scenario: Scenario
    seed: int


def simulate(
    found: Loaded[TrialFile],
    pairs: Sequence[Pair],
    *,
    mirrored: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Data:
    """Live one trial for each pair of a seed and changed values.

    ``mirrored`` lives each trial once for each arm with the arms turned round, so that everybody is seen in every arm
    under the same luck: the same contrast with much less noise, for little more work, as the years before are shared.
    """
    jobs = jobs_of(found, [found.model], pairs)
    turns = len(found.model.arms) if mirrored and equal(found.model) else 1
    parts = all_lived(jobs, turns, threads, progress)
    return joined(found.model, [(int(seed), dict(changes)) for seed, changes in pairs], parts, turns)


def simulate_designs(
    found: Loaded[TrialFile],
    designs: Sequence[Design],
    pairs: Sequence[Pair],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[Data]:
    """The same trial with several designs in the same communities, whose years before are lived once for all."""
    trials = [found.model.model_copy(update={"design": design}) for design in designs]
    parts = all_lived(jobs_of(found, trials, pairs), 1, threads, progress)
    kept: list[Pair] = [(int(seed), dict(changes)) for seed, changes in pairs]
    return [joined(trial, kept, parts[place :: len(trials)], 1) for place, trial in enumerate(trials)]


class Job(NamedTuple):
    """One trial to be lived."""

    trial: TrialFile
    seed: int
    composed: Composed


def jobs_of(found: Loaded[TrialFile], trials: Sequence[TrialFile], pairs: Sequence[Pair]) -> list[Job]:
    """A trial for each pair and design, those of one pair side by side; arms are composed once for equal changes."""
    composed: dict[str, Composed] = {}
    jobs = []
    for seed, changes in pairs:
        key = repr(sorted(changes.items()))
        if key not in composed:
            composed[key] = compose(found, changes)
        jobs += [Job(trial, int(seed), composed[key]) for trial in trials]
    return jobs


def all_lived(jobs: Sequence[Job], turns: int, threads: int | None, progress: Progress | None) -> list[Rows]:
    """The rows of each job, as many at a time as memory allows."""
    trial, scenario = jobs[0].trial, jobs[0].composed.scenarios[0]
    size = people_in(scenario) * trial.design.communities * turns
    step = max(1, BATCH_PEOPLE // max(size, 1))
    meter = Meter(size * (max(1, trial.weeks) + scenario.setting.burn_in // turns) * len(jobs), progress)
    parts: list[Rows] = []
    for first in range(0, len(jobs), step):
        parts.extend(lived(jobs[first : first + step], turns, threads or cores(), meter))
    return parts


class Meter:
    """Counts person-weeks."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def __call__(self, person_weeks: int) -> None:
        """So many more are done."""
        self.done += person_weeks
        if self.progress:
            self.progress(min(self.done, self.total), self.total)


def equal(trial: TrialFile) -> bool:
    """Whether all arms have the same share, and there is more than one."""
    return len(trial.arms) > 1 and len({arm.share for arm in trial.arms.values()}) == 1


def shares(trial: TrialFile) -> list[float]:
    """The arms' shares, adding up to 1."""
    return [arm.share or 1.0 / len(trial.arms) for arm in trial.arms.values()]


def pieces(jobs: Sequence[Job], turns: int) -> Iterator[Piece]:
    """Every community to be lived."""
    for number, (trial, seed, composed) in enumerate(jobs):
        for community, own in enumerate(community_arms(trial, seed)):
            for turn in range(turns):
                arm = (int(own) + turn) % len(trial.arms)
                scenario = composed.scenarios[0 if composed.together else arm]
                yield Piece(number, community, turn, arm, scenario, chance.world_seed(seed, community))


def community_arms(trial: TrialFile, seed: int) -> np.ndarray:
    """The arm of each community, where communities are randomised."""
    count = trial.design.communities
    if trial.design.randomise != "communities":
        return np.zeros(count, np.int8)
    key, alike = chance.stream(seed, "communities"), np.zeros(count, np.int64)
    return assigning.share_out(alike, np.ones(count), shares(trial), trial.design.pairs, key)[0]


def lived(jobs: Sequence[Job], turns: int, threads: int, meter: Meter) -> list[Rows]:
    """The rows of each job of one batch."""
    made, trial = list(pieces(jobs, turns)), jobs[0].trial
    population = Population([World(each.scenario, each.seed) for each in made], max(1, trial.weeks), 0, threads)
    given = [give(jobs[each.job], population, w, each) for w, each in enumerate(made)]
    true = watching.watched(trial, population, threads, meter)
    communities: dict[tuple[int, int], list[int]] = {}  # the worlds of each job and turn
    for w, each in enumerate(made):
        communities.setdefault((each.job, each.turn), []).append(w)

    def rows(number: int, turn: int) -> Rows:
        return taken(jobs[number], [(population, w, given[w], true) for w in communities[number, turn]])

    return [Rows.together([rows(number, turn) for turn in range(turns)]) for number in range(len(jobs))]


def give(job: Job, population: Population, w: int, piece: Piece) -> Assigned:
    """Randomise one community, and let each arm's plans reach nobody but that arm."""
    trial, composed = job.trial, job.composed
    setting = piece.scenario.setting
    made = assigning.assign(population.structures[w], setting, trial.design, shares(trial), piece.seed)
    reached = population.state.people.reached[population.rows(w)]
    if trial.design.randomise == "communities":
        return made._replace(arm=np.full(made.arm.size, piece.arm, np.int8))
    arm = np.where(made.arm >= 0, (made.arm + piece.turn) % len(trial.arms), -1).astype(np.int8)
    masks = np.array([*composed.masks, 0], np.uint32)  # the last is for those in no arm
    reached &= masks[arm]
    return made._replace(arm=arm)


def taken(job: Job, worlds: Sequence[tuple[Population, int, Assigned, Mapping]]) -> Rows:
    """The rows of one trial: those who take part, in all its communities, with their scores."""
    trial, seed, composed = job
    people, arms, pairs, clusters = [], [], [], []
    for community, (population, w, given, _) in enumerate(worlds):
        span = population.rows(w)
        chosen = np.flatnonzero(given.taking_part & (given.arm >= 0))
        people.append(chosen + span.start)
        arms.append(given.arm[chosen])
        pairs.append(np.where(given.pair >= 0, given.pair + PAIRS * community, -1)[chosen])
        groups = population.structures[w].group + int(population.state.worlds.first_group[w])
        clusters.append(cluster_of(trial, community, groups, span.start)[chosen])
    rows, true = np.concatenate(people), worlds[0][3]
    scores: scoring.Scores = {}
    for name, occasions in scoring.wanted(trial).items():
        values = {at: true[name, at][rows] for at in trial.occasions if at in occasions}
        made = scoring.score(name, trial.measures[name], values, seed, composed.scenarios[0].parameters)
        scores |= {(name, at): each for at, each in made.items()}
    kept = scoring.kept(trial, scores, rows.size, seed)
    return Rows(np.concatenate(arms), np.concatenate(clusters), np.concatenate(pairs), scores, kept)


def cluster_of(trial: TrialFile, community: int, groups: np.ndarray, first: int) -> np.ndarray:
    """The cluster of each person: what was randomised together, or else the person alone."""
    if trial.design.randomise == "groups":
        return groups.astype(np.int64)
    if trial.design.communities > 1:
        return np.full(groups.size, community, np.int64)
    return np.arange(groups.size, dtype=np.int64) + first


def joined(trial: TrialFile, pairs: list[Pair], found: Sequence[Rows], turns: int) -> Data:
    """The rows of all replicates, one after the other."""
    starts = np.concatenate(([0], np.cumsum([each.arm.size for each in found]))).astype(np.int64)
    return Data(trial, pairs, starts, Rows.together(found), turns)
