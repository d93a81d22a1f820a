"""The community that is measured: the shipped town at any size, 12 ties a person, without a burn-in."""

from collections.abc import Sequence

from sim.population import Population, World
from sim.scenario import resolve
from sim.schema import Scenario

MEAN_TIES = 12.0
OF_MEMBERS = 0.91  # the town's own 12 ties a member and its leaders' ties make 13.1 a person; with this share, 12.0
CENSUS_EVERY = 13  # weeks, as in every run unless asked otherwise


def town(people: int, plans: Sequence[str] = ("usual",), ties: float = 1.0) -> Scenario:
    """The town with ``people`` members and ``ties`` times the ties that make ``MEAN_TIES`` a person.

    A town no larger than one of its districts is one district, with the ties of both and as many leaders as befits it.
    """
    scenario = resolve("town", list(plans))
    group, district, whole = scenario.setting.units
    levels = [group, district, whole]
    if people <= district.size:
        leaders = max(1, round(district.leaders * people / district.size))
        levels = [group, district.model_copy(update={"ties": district.ties + whole.ties, "leaders": leaders})]
    levels[-1] = levels[-1].model_copy(update={"size": float(people)})
    units = tuple(level.model_copy(update={"ties": level.ties * OF_MEMBERS * ties}) for level in levels)
    setting = scenario.setting.model_copy(update={"people": people, "units": units, "burn_in": 0})
    return scenario.model_copy(update={"setting": setting})


def towns(people: int, count: int, weeks: int, plans: Sequence[str] = ("usual",)) -> Population:
    """``count`` towns on seeds 1, 2, ..., ready for week 0."""
    scenario = town(people, plans)
    return Population([World(scenario, seed) for seed in range(1, count + 1)], weeks, CENSUS_EVERY)


def people_in(population: Population) -> int:
    """Everybody in all worlds, leaders included."""
    return len(population.state.people.group)


def mean_ties(population: Population) -> float:
    """Ties a person, leaders' ties included."""
    return len(population.state.ties.target) / people_in(population)
