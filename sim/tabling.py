"""What runs leave behind, as rows of tables: gathered batch by batch, put together once, in the order of the runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import criterion, extracts, pooling
from sim.criterion import SHARES, UNKNOWN, WEEKS, YES, judged, reached
from sim.measures import CENSUS_TALLIES, MEASURES, TALLIES
from sim.population import subgroup_names

if TYPE_CHECKING:
    from sim.population import Population
    from sim.schema import Scenario

CRITERION = ("norm_expects", "norm_seeks", "norm_now")


@dataclass(frozen=True)
class Run:
    """One world of a study: its number, the label of its scenario, and its seed."""

    number: int
    label: str
    scenario: "Scenario"
    seed: int


class Tables:
    """The tables of a study in the making."""

    def __init__(self, runs: Sequence[Run], persons: bool) -> None:
        self.runs = list(runs)
        self.labels = list(dict.fromkeys(run.label for run in runs))
        self.keeps_persons = persons
        self.weekly: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self.subgroups: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self.about: dict[int, dict] = {}
        self.totals: dict[int, dict] = {}
        self.persons: dict[int, pd.DataFrame] = {}
        self.groups: dict[int, pd.DataFrame] = {}

    def take(self, population: "Population", numbers: Sequence[int]) -> None:
        """Note down what the worlds of a population came to; ``numbers`` are the runs that they are."""
        output, scenarios = population.output, [self.runs[number].scenario for number in numbers]
        sums = pooling.ledger(output.tallies, output.census, output.service)
        windows = np.array([pooling.window_of(scenario.parameters) for scenario in scenarios])
        for window in np.unique(windows):
            chosen = np.flatnonzero(windows == window)
            self._take_alike([numbers[w] for w in chosen.tolist()], sums[chosen], int(window))
        for w, number in enumerate(numbers):
            present = np.flatnonzero(output.tallies[w, 0, :, 0])
            counted = (output.tallies[w][:, present], output.census[w][:, present])
            self.subgroups[number] = (present, np.concatenate(counted, axis=-1))
            self.about[number] = extracts.about(self.runs[number].scenario, w, population)
            self.totals[number] |= extracts.costs(self.runs[number].scenario, w, population)
            if self.keeps_persons:
                self.persons[number] = extracts.persons(w, population)
                self.groups[number] = extracts.groups(w, population)

    def _take_alike(self, numbers: list[int], sums: np.ndarray, window: int) -> None:
        """Measures, totals and verdicts of runs with one window."""
        values, means = pooling.weekly(sums, window), pooling.over_run(sums)
        rows, truths, held = judgement(values, [self.runs[number].scenario for number in numbers])
        stack = np.stack(list(values.values()), axis=-1)
        for w, number in enumerate(numbers):
            self.weekly[number] = (stack[w], truths[w], held[w])
            row = {f"final_{name}": each[w, -1] for name, each in values.items()}
            row |= {(f"mean_{name}" if name in values else name): each[w] for name, each in means.items()}
            self.totals[number] = row | rows[w]

    def finished(self) -> dict[str, pd.DataFrame]:
        """All tables, in the order of the runs."""
        made = {
            "runs": self._runs(),
            "weekly": self._weekly(),
            "subgroups": self._subgroups(),
            "totals": self._totals(),
        }
        if self.keeps_persons:
            made["persons"], made["groups"] = self._persons(), self._joined(self.groups)
        return made

    def _labelled(self, frame: pd.DataFrame, sizes: Sequence[int] | None) -> pd.DataFrame:
        """The table with run, label and seed in front; ``sizes`` are the rows of each run, one if none are given."""
        rows = np.ones(len(self.runs), np.int64) if sizes is None else np.asarray(sizes, np.int64)
        place = {label: k for k, label in enumerate(self.labels)}
        codes = np.repeat([place[run.label] for run in self.runs], rows)
        frame.insert(0, "run", np.repeat(np.array([run.number for run in self.runs], np.int64), rows))
        frame.insert(1, "label", pd.Categorical.from_codes(codes, self.labels))
        frame.insert(2, "seed", np.repeat(np.array([run.seed for run in self.runs], np.uint64), rows))
        return frame

    def _runs(self) -> pd.DataFrame:
        frame = pd.DataFrame([self.about.pop(run.number) for run in self.runs])
        digests = {
            id(scenario): scenario.digest() for scenario in {id(r.scenario): r.scenario for r in self.runs}.values()
        }
        frame["digest"] = [digests[id(run.scenario)] for run in self.runs]
        return self._labelled(as_categories(frame), None)

    def _weekly(self) -> pd.DataFrame:
        pieces = [self.weekly.pop(run.number) for run in self.runs]
        sizes = [len(values) for values, _, _ in pieces]
        frame = pd.DataFrame(
            np.concatenate([values for values, _, _ in pieces]), columns=[measure.name for measure in MEASURES]
        )
        frame.insert(0, "week", np.concatenate([np.arange(size) for size in sizes]))
        truths = np.concatenate([each for _, each, _ in pieces])
        parts = {name: truths[:, k] for k, name in enumerate(CRITERION)}
        parts["norm_weeks"] = np.concatenate([held for _, _, held in pieces])
        return self._labelled(pd.concat([frame, pd.DataFrame(parts)], axis=1), sizes)

    def _subgroups(self) -> pd.DataFrame:
        pieces = [self.subgroups.pop(run.number) for run in self.runs]
        sizes = [values.shape[0] * values.shape[1] for _, values in pieces]
        frame = pd.DataFrame(
            np.concatenate([values.reshape(-1, values.shape[2]) for _, values in pieces]),
            columns=[*TALLIES, *CENSUS_TALLIES],
        )
        week = [np.repeat(np.arange(values.shape[0]), values.shape[1]) for _, values in pieces]
        frame.insert(0, "week", np.concatenate(week))
        codes = np.concatenate([np.tile(present, values.shape[0]) for present, values in pieces])
        for place, (name, each) in enumerate(strata(codes).items()):
            frame.insert(1 + place, name, each)
        return self._labelled(frame, sizes)

    def _joined(self, pieces: dict[int, pd.DataFrame]) -> pd.DataFrame:
        sizes = [len(pieces[run.number]) for run in self.runs]
        frame = pd.concat([pieces.pop(run.number) for run in self.runs], ignore_index=True)
        return self._labelled(as_categories(frame), sizes)

    def _persons(self) -> pd.DataFrame:
        frame = self._joined(self.persons)
        first = frame.columns.get_loc("group") + 1
        for place, (name, each) in enumerate(strata(frame["stratum"].to_numpy()).items()):
            frame.insert(first + place, name, each)
        return frame

    def _totals(self) -> pd.DataFrame:
        frame = as_categories(pd.DataFrame([self.totals.pop(run.number) for run in self.runs]))
        for name in frame.columns:
            if name == "norm" or name.startswith("norm_at_"):
                codes = frame[name].to_numpy()
                frame[name] = pd.arrays.BooleanArray(codes == YES, codes == UNKNOWN)
        return self._labelled(frame, None)


def judgement(values: dict[str, np.ndarray], scenarios: "list[Scenario]") -> tuple[list[dict], np.ndarray, np.ndarray]:
    """The norm criterion of some worlds: a row of verdicts each, the parts by week, and for how long it has held."""
    asked = [criterion.asked(scenario.parameters) for scenario in scenarios]
    after = np.array([criterion.last_delivery(scenario) for scenario in scenarios])
    share, weeks = np.array([[share] for share, _ in asked]), np.array([weeks for _, weeks in asked])
    expects, seeks = reached(values["expects_both"], share), reached(values["sought_in_time"], share)
    found, swayed = judged(expects & seeks, after, weeks), sensitivity(values, after)
    last, rows = expects.shape[1] - 1, []
    for w in range(len(scenarios)):
        norm, longest, at_end = int(found.norm[w]), int(found.longest[w]), int(found.held[w, -1])
        said = criterion.words(norm, longest, at_end, int(after[w]), last, int(weeks[w]))
        row = {"norm": norm, "norm_words": said, "norm_after": int(after[w]), "norm_longest": longest}
        rows.append(row | {name: int(each[w]) for name, each in swayed.items()})
    return rows, np.stack([expects, seeks, expects & seeks], axis=-1), found.held


def sensitivity(values: dict[str, np.ndarray], after: np.ndarray) -> dict[str, np.ndarray]:
    """The verdict under other shares and numbers of weeks, by the name of its column."""
    made = {}
    for share in SHARES:
        holds = reached(values["expects_both"], share) & reached(values["sought_in_time"], share)
        for weeks in WEEKS:
            made[f"norm_at_{round(100 * share)}_for_{weeks}"] = judged(holds, after, weeks).norm
    return made


def strata(codes: np.ndarray) -> dict[str, pd.Categorical]:
    """Role, baseline risk and isolation of subgroup codes."""
    names = subgroup_names()
    made = {}
    for part, name in enumerate(("role", "risk", "isolation")):
        choices = list(dict.fromkeys(each[part] for each in names))
        place = np.array([choices.index(each[part]) for each in names])
        made[name] = pd.Categorical.from_codes(place[codes], choices)
    return made


def as_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its texts as categories in the order in which they first stand."""
    for name in frame.columns:
        if not isinstance(frame[name].dtype, pd.CategoricalDtype) and frame[name].dtype.kind not in "biuf":
            codes, texts = pd.factorize(frame[name])
            frame[name] = pd.Categorical.from_codes(codes, [str(text) for text in texts])
    return frame
