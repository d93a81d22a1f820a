"""Worlds with most of the model switched off, so that a theory of the rest can be worked out, and tests of fit."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from sim import params
from sim.people import column
from sim.population import Population, World
from sim.schema import Intervention, Scenario, Setting, Unit

# A right theory may not be this unlikely given the data, and a wrong one must be. Draws are fixed by seeds, so a test
# that passes once passes always; a change of the model's own numbers or draws is a new throw of the dice.
HOLDS = 1e-5
REFUTED = 1e-8

NOBODY_ASKS = {"care.open": 0.0, "seeking.friend_constant": -60.0, "seeking.leader_constant": -60.0}
ALL_ALIKE = {
    "distress.contagion_ratio": 1.0,
    "distress.cohesion_onset_ratio": 1.0,
    "distress.cohesion_level": 0.0,
    "distress.coping_level": 0.0,
    "distress.vulnerability_spread": 0.0,
}
CHRONIC = {"distress.fast_remission": 0.0, "distress.slow_remission": 0.0}
STIGMA_STAYS = {
    "norms.stigma_rate": 0.0,
    "norms.stigma_noise": 0.0,
    "norms.anchor_rate": 0.0,
    "norms.contact_effect": 0.0,
    "norms.experience_effect": 0.0,
}
TIES_STAY = {
    "bonds.growth": 0.0,
    "bonds.decay": 0.0,
    "bonds.bridge_decay": 0.0,
    "bonds.waking": 0.0,
    "bonds.closure": 0.0,
    "bonds.fading": 0.0,
    "bonds.bridge_fading": 0.0,
    "replies.trust_step": 0.0,
    "replies.trust_loss": 0.0,
}


def value(name: str) -> float:
    """The registry's value of a parameter."""
    return params.registry()[name].value


def a_scenario(
    people: int,
    parameters: Mapping[str, float] = {},
    units: Sequence[Unit] | None = None,
    interventions: Mapping[str, Intervention] = {},
    events: tuple = (),
    burn_in: int = 0,
) -> Scenario:
    """A scenario whose parameters may lie outside the registry's ranges: a theory is often simplest there."""
    usual = {name: parameter.value for name, parameter in params.registry().items()}
    units = units or (Unit(name="group", size=float(people), ties=0.0),)
    setting = Setting(
        kind="setting", title="t", description="d", people=people, units=units, events=events, burn_in=burn_in
    )
    return Scenario(
        setting_name="laboratory",
        plan_names=(),
        setting=setting,
        interventions=dict(interventions),
        parameters=usual | dict(parameters),
        weeks=52,
    )


def a_population(scenario: Scenario | Sequence[Scenario], seeds: Sequence[int], weeks: int) -> Population:
    """The same scenario once for each seed (or several scenarios, each with a seed of its own), at week 0."""
    scenarios = [scenario] * len(seeds) if isinstance(scenario, Scenario) else scenario
    made = Population([World(*pair) for pair in zip(scenarios, seeds, strict=True)], weeks, census_every=0)
    made.run(0)
    return made


def change(population: Population, parameters: Mapping[str, float]) -> None:
    """Give all worlds of a population other parameters from now on."""
    for name, new in parameters.items():
        population.state.parameters[name.replace(".", "_")] = new


def state(population: Population, name: str) -> np.ndarray:
    """A copy of everybody's value of one attribute."""
    return column(population.state.people, name).copy()


def put(population: Population, name: str, new: object) -> None:
    """Set everybody's value of one attribute."""
    column(population.state.people, name)[:] = new


def probability(hazard: float) -> float:
    """The weekly probability that goes with a weekly hazard."""
    return float(-np.expm1(-hazard))


def p_of_counts(observed, expected) -> float:
    """How likely counts this far from the expected ones are (Pearson's chi-square; cells too small are pooled)."""
    observed, expected = np.asarray(observed, float), np.asarray(expected, float)
    big = expected >= 5.0
    if not big.all():
        observed = np.append(observed[big], observed[~big].sum())
        expected = np.append(expected[big], expected[~big].sum())
    if expected[-1] < 1e-9:
        return 1.0 if observed[-1] == 0 else 0.0
    return float(stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue)


def p_of_share(count: float, total: float, share: float) -> float:
    """How likely a count this far from its binomial expectation is."""
    return p_of_score((count - total * share) / np.sqrt(total * share * (1.0 - share)))


def p_of_score(score: float) -> float:
    """How likely a standard normal number this far from zero is."""
    return float(2.0 * stats.norm.sf(abs(score)))


def p_of_mean(sample: np.ndarray, mean: float) -> float:
    """How likely a sample mean this far from ``mean`` is; the sample's members are independent."""
    sample = np.asarray(sample, float)
    return p_of_score((sample.mean() - mean) / (sample.std(ddof=1) / np.sqrt(sample.size)))
