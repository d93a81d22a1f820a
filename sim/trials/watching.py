"""Living the weeks of a trial while watching: what people are on each occasion, and what they did in between."""

from collections.abc import Callable, Mapping

import numpy as np

from sim.population import Population
from sim.trials import observing, scoring
from sim.trials.observing import Moment, Observation, Past
from sim.trials.schema import TrialFile


def watched(
    trial: TrialFile, population: Population, threads: int, done: Callable[[int], object]
) -> dict[tuple[str, str], np.ndarray]:
    """The true state of everybody behind each (measure, occasion), living the weeks on the way."""
    plan = scoring.observed_weeks(trial)
    diary = Diary(trial, plan, population)
    stops = sorted({week for week, _ in plan.values()} | {since for _, since in plan.values() if since is not None})
    found: dict[tuple[str, str], np.ndarray] = {}
    for week in range(max(stops) + 1) if diary.watched else stops:
        past = Past(population, diary.watched) if diary.watched and week > 0 else None
        population.run(week, threads, done)
        now = Moment(population)
        if past is not None:
            diary.note(now, past)
        if week in stops:
            diary.keep(week)
            for (measure, occasion), (when, since) in plan.items():
                if when == week and since is None:
                    found[measure, occasion] = state_now(trial, measure, now)
    for (measure, occasion), (when, since) in plan.items():
        if since is not None:
            found[measure, occasion] = diary.between(trial.measures[measure].of, since, when)
    return found


class Diary:
    """What people did, week by week: how often, and what it was the first time."""

    def __init__(self, trial: TrialFile, plan: Mapping[tuple[str, str], object], population: Population) -> None:
        used = {observing.KNOWN[trial.measures[name].of] for name, _ in plan}
        self.watched: dict[str, Observation] = {each.name: each for each in used if each.weekly}
        self.size = population.state.people.group.size
        self.counts = {name: np.zeros(self.size, np.float32) for name, each in self.watched.items() if each.done}
        self.events: dict[str, list[tuple[int, np.ndarray, np.ndarray]]] = {name: [] for name in self.watched}
        self.kept: dict[tuple[str, int], np.ndarray] = {}

    def note(self, now: Moment, past: Past) -> None:
        """Add one week."""
        for name, observation in self.watched.items():
            if observation.done is not None:
                self.counts[name] += observation.done(now, past)
            elif observation.first is not None:
                values = observation.first(now, past)
                rows = np.flatnonzero(~np.isnan(values))
                self.events[name].append((now.week, rows, values[rows]))

    def keep(self, week: int) -> None:
        """Remember the counts up to this week."""
        self.kept |= {(name, week): values.copy() for name, values in self.counts.items()}

    def between(self, name: str, since: int, when: int) -> np.ndarray:
        """What was done after one week and up to another, or what it was the first time."""
        if name in self.counts:
            return (self.kept[name, when] - self.kept[name, since]).astype(np.float64)
        found = np.full(self.size, np.nan)
        for week, rows, values in reversed(self.events[name]):  # the earliest is written last
            if since < week <= when:
                found[rows] = values
        return found


def state_now(trial: TrialFile, measure: str, now: Moment) -> np.ndarray:
    """The state behind a measure, as it is."""
    observation = observing.KNOWN[trial.measures[measure].of]
    if observation.intention:
        weekly = now.intentions()[list(observation.intention)].sum(axis=0)
        return -np.expm1(trial.measures[measure].horizon * np.log1p(-weekly))
    assert observation.state is not None
    return observation.state(now).astype(np.float64)
