"""Many trials lived at once: seeds and parameter values in, one row for each person and trial out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.batches import people_in
from sim.files import Loaded
from sim.population import Population, World
from sim.schema import Scenario
from sim.study import cores
from sim.trials import assigning, chance, scoring, watching
from sim.trials.assigning import Assigned
from sim.trials.composing import Composed, compose
from sim.trials.schema import TrialFile

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
    """One community of one replicate, in a population."""

    replicate: int
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
    trial, composed, made = found.model, {}, []
    for seed, changes in pairs:
        key = repr(sorted(changes.items()))
        if key not in composed:
            composed[key] = compose(found, changes)
        made.append((int(seed), composed[key]))
    turns = len(trial.arms) if mirrored and equal(trial) else 1
    size = people_in(made[0][1].scenarios[0]) * trial.design.communities * turns
    step = max(1, BATCH_PEOPLE // max(size, 1))
    total = size * (max(1, trial.weeks) + made[0][1].scenarios[0].setting.burn_in // turns) * len(made)
    meter = Meter(total, progress)
    parts = []
    for first in range(0, len(made), step):
        batch = list(enumerate(made[first : first + step]))
        parts.extend(lived(trial, batch, turns, threads or cores(), meter))
    return joined(trial, [(int(seed), dict(changes)) for seed, changes in pairs], parts, turns)


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


def pieces(trial: TrialFile, batch: Sequence[tuple[int, tuple[int, Composed]]], turns: int) -> Iterator[Piece]:
    """Every community to be lived."""
    for replicate, (seed, composed) in batch:
        arms = community_arms(trial, seed)
        for community, own in enumerate(arms):
            for turn in range(turns):
                arm = (int(own) + turn) % len(trial.arms)
                scenario = composed.scenarios[0 if composed.together else arm]
                yield Piece(replicate, community, turn, arm, scenario, chance.world_seed(seed, community))


def community_arms(trial: TrialFile, seed: int) -> np.ndarray:
    """The arm of each community, where communities are randomised."""
    count = trial.design.communities
    if trial.design.randomise != "communities":
        return np.zeros(count, np.int8)
    key, alike = chance.stream(seed, "communities"), np.zeros(count, np.int64)
    return assigning.share_out(alike, np.ones(count), shares(trial), trial.design.pairs, key)[0]


def lived(
    trial: TrialFile, batch: Sequence[tuple[int, tuple[int, Composed]]], turns: int, threads: int, meter: Meter
) -> list[Rows]:
    """The rows of each replicate of one batch."""
    made = list(pieces(trial, batch, turns))
    population = Population([World(each.scenario, each.seed) for each in made], max(1, trial.weeks), census_every=0)
    by_number = dict(batch)
    given = [give(trial, population, w, each, by_number[each.replicate][1]) for w, each in enumerate(made)]
    true = watching.watched(trial, population, threads, meter)
    communities: dict[tuple[int, int], list[int]] = {}  # the worlds of each replicate and turn
    for w, each in enumerate(made):
        communities.setdefault((each.replicate, each.turn), []).append(w)
    return [
        Rows.together(
            [
                taken(trial, [(population, w, given[w], true) for w in communities[replicate, turn]], seed, composed)
                for turn in range(turns)
            ]
        )
        for replicate, (seed, composed) in batch
    ]


def give(trial: TrialFile, population: Population, w: int, piece: Piece, composed: Composed) -> Assigned:
    """Randomise one community, and let each arm's plans reach nobody but that arm."""
    setting = piece.scenario.setting
    made = assigning.assign(population.structures[w], setting, trial.design, shares(trial), piece.seed)
    reached = population.state.people.reached[population.rows(w)]
    if trial.design.randomise == "communities":
        return made._replace(arm=np.full(made.arm.size, piece.arm, np.int8))
    arm = np.where(made.arm >= 0, (made.arm + piece.turn) % len(trial.arms), -1).astype(np.int8)
    masks = np.array([*composed.masks, 0], np.uint32)  # the last is for those in no arm
    reached &= masks[arm]
    return made._replace(arm=arm)


def taken(
    trial: TrialFile, worlds: Sequence[tuple[Population, int, Assigned, Mapping]], seed: int, composed: Composed
) -> Rows:
    """The rows of one trial: those who take part, in all its communities, with their scores."""
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
