"""Write docs/findings.md and its figures: what the model says of the question itself, over the shipped posterior.

Run by `make findings`. What was lived is kept in results/findings, and read again as long as engine, posterior and
experiments are the same; `--fresh` lives everything anew.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from sim import compiled, posterior
from sim.exploring import starts
from sim.population import World
from sim.scenario import override, resolve
from sim.schema import Scenario
from sim.sweeps.living import measured

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "results" / "findings"
PAGE = ROOT / "docs" / "findings.md"
FIGURES = ROOT / "docs" / "figures"
DRAWS = 96  # parameter draws, each with a seed of its own
YEARS = 5
WEEKS = 52 * YEARS
AT = (26, 52, 104, WEEKS)
MEASURES = ("sought_in_time", "descriptive_norm", "injunctive_norm", "in_need", "self_stigma", "norm", "wait")
APART = 0.2  # in perceived approval (-1 to 1): beyond it, two ends are two states
LEVERS = (  # plans beside usual; + joins
    "cohesion_training",
    "peer_leaders",
    "leader_disclosure",
    "leader_training",
    "stigma_contact",
    "norm_feedback",
    "awareness_campaign",
    "gatekeeper_training",
    "peer_support",
    "capacity",
    "peer_leaders+leader_disclosure",
    "peer_leaders+leader_disclosure+cohesion_training+capacity",
)
LONG = {"peer_leaders.length": 104, "leader_disclosure.length": 104}


def drawn(scenario: Scenario, seed: int, fixed: dict[str, float] | None = None) -> Scenario:
    """The scenario under the parameters that go with a seed, some of them fixed."""
    values = posterior.draws(scenario, [seed])[0] | (fixed or {})
    return scenario.model_copy(update={"parameters": {**scenario.parameters, **values}})


def lived(scenarios: list[Scenario], seeds: list[int], at: tuple[int, ...] = AT, begin=None) -> pd.DataFrame:
    """The measures of each world."""
    worlds = [World(scenario, seed) for scenario, seed in zip(scenarios, seeds, strict=True)]
    found = measured(worlds, MEASURES, at, begin=begin)
    if found.failures:
        raise SystemExit(f"{len(found.failures)} worlds failed: {next(iter(found.failures.values()))}")
    return pd.DataFrame(found.values)


def base(setting: str, plan: str = "usual", **changes: object) -> Scenario:
    """A setting under a plan for the years of this page."""
    return override(resolve(setting, plan.split("+")), {"weeks": WEEKS, **changes})


# --- what is lived ----------------------------------------------------------------------------------------------------


def two_states() -> pd.DataFrame:
    """Each draw from two starts, norm absent and present, with either form of influence."""
    scenario = base("workplace")
    rows = []
    for form in (0.0, 1.0):
        worlds, seeds, begins, keys = [], [], {}, []
        for seed in range(1, DRAWS + 1):
            fixed = {"norms.influence_form": form}
            for start, each in starts.both(drawn(scenario, seed, fixed)).items():
                worlds.append(each)
                seeds.append(seed)
                begins[id(each)] = start
                keys.append((form, seed, start, each.parameters["norms.conformity"]))
        found = lived(worlds, seeds, begin=starts.begin(begins))
        rows.append(pd.concat([pd.DataFrame(keys, columns=["form", "seed", "start", "conformity"]), found], axis=1))
    return pd.concat(rows, ignore_index=True)


def levers() -> pd.DataFrame:
    """Each plan against usual, on the same draws and seeds."""
    scenarios = {plan: base("military_unit", plan) for plan in ("usual", *LEVERS)}
    both = "peer_leaders+leader_disclosure"
    scenarios["two years of " + both] = base("military_unit", both, **LONG)
    return compared(scenarios)


def places() -> pd.DataFrame:
    """A campaign, places, and both, in a town."""
    plans = ("usual", "awareness_campaign", "capacity", "awareness_campaign+capacity")
    size = {"setting.people": 1500}
    lasting = {"awareness_campaign.length": WEEKS}
    made = {plan: base("town", plan, **size, **(lasting if "campaign" in plan else {})) for plan in plans}
    return compared(made)


def silence() -> pd.DataFrame:
    """Cohesion without talk, where people usually hear silence and where they do not."""
    quiet = {
        "plans.cohesion_training.length": WEEKS,
        "plans.cohesion_training.speaking": 0.0,
        "plans.cohesion_training.helper_skill": 0.0,
    }
    made = []
    for name, approval in (("silent", -0.75), ("middling", -0.4), ("open", -0.05)):
        scenarios = {
            f"{name} usual": base("military_unit"),
            f"{name} cohesive": base("military_unit", "cohesion_training", **quiet),
        }
        made.append(compared(scenarios, {"norms.usual_approval": approval}).assign(place=name))
    return pd.concat(made, ignore_index=True)


def compared(scenarios: dict[str, Scenario], fixed: dict[str, float] | None = None) -> pd.DataFrame:
    """Scenarios of one setting on the same draws and seeds."""
    worlds, seeds, keys = [], [], []
    for seed in range(1, DRAWS + 1):
        for label, scenario in scenarios.items():
            worlds.append(drawn(scenario, seed, fixed))
            seeds.append(seed)
            keys.append((label, seed))
    return pd.concat([pd.DataFrame(keys, columns=["label", "seed"]), lived(worlds, seeds)], axis=1)


EXPERIMENTS: dict[str, Callable[[], pd.DataFrame]] = {
    "two_states": two_states,
    "levers": levers,
    "places": places,
    "silence": silence,
}


def key() -> str:
    """What the stored results depend on."""
    parts = [compiled.source_digest().encode(), posterior.POSTERIOR_FILE.read_bytes(), Path(__file__).read_bytes()]
    parts += [file.read_bytes() for file in sorted((ROOT / "scenarios").rglob("*.yaml"))]
    parts.append((ROOT / "sim" / "parameters.yaml").read_bytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def results(fresh: bool) -> dict[str, pd.DataFrame]:
    """Every experiment's table, stored or fresh."""
    folder = KEPT / key()
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, live in EXPERIMENTS.items():
        file = folder / f"{name}.parquet"
        if fresh or not file.exists():
            print(f"living {name}", file=sys.stderr, flush=True)
            table = live()
            unfinished = file.with_suffix(".tmp")
            table.to_parquet(unfinished, index=False)
            unfinished.replace(file)
        found[name] = pd.read_parquet(file)
    return found


# --- what it comes to -------------------------------------------------------------------------------------------------


def differences(table: pd.DataFrame, label: str, base_label: str, column: str) -> np.ndarray:
    """A measure under one label less that under another, seed by seed."""
    wide = table.pivot(index="seed", columns="label", values=column)
    return (wide[label] - wide[base_label]).to_numpy(float)


def told(values: np.ndarray, factor: float = 100.0, unit: str = "points") -> str:
    """Median and central 95% of draws, in words."""
    low, middle, high = np.nanquantile(values, [0.025, 0.5, 0.975]) * factor
    return f"{middle:+.1f} {unit} ({low:+.1f} to {high:+.1f})"


def share_of(values: np.ndarray) -> str:
    """A share of draws with its Monte-Carlo error."""
    share = float(np.mean(values))
    return f"{share:.0%} (of {len(values)} draws; standard error {np.sqrt(share * (1 - share) / len(values)):.0%})"


def split(table: pd.DataFrame, form: float, week: int = WEEKS) -> pd.DataFrame:
    """For each draw how far apart the two starts end."""
    part = table[table["form"] == form]
    wide = part.pivot(index=["seed", "conformity"], columns="start", values=f"week{week}_injunctive_norm")
    return (wide["present"] - wide["absent"]).rename("apart").reset_index()
