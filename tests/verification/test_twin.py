"""The engine equals its slow twin: every column, tie, group, service figure and tally, every week, whatever goes on.

Whole numbers are equal exactly, others to the rounding of what is stored. The controls at the end show that the same
comparison notices a parameter that is one hundredth off.
"""

import numpy as np
import pytest

from sim import people, rules, scenario
from sim.groups import VALUES
from sim.measures import CENSUS_TALLIES, SERVICE_TALLIES, TALLIES
from sim.params import registry
from sim.population import Population, World
from sim.reference import ReferenceModel

pytestmark = pytest.mark.verification

WEEKS = 20
RELATIVE, ABSOLUTE = 1e-6, 1e-7  # single precision is 6e-8; near zero, of each number that was added up to it
KINDS = tuple(rules.kinds())

# Much happens in few weeks, so that little can go wrong unseen.
BUSY = {
    "distress.onset_hazard": 0.01,
    "distress.slow_share": 0.6,
    "seeking.recognition_hazard": 0.05,
    "seeking.knowledge_gate": -2.0,
    "seeking.friend_constant": -1.8,
    "seeking.leader_constant": -2.9,
    "seeking.professional_constant": -2.2,
    "norms.criterion_window": 6.0,
    "care.slots_per_1000": 20.0,
    "care.ending_chance": 0.3,
}
CROWDED = BUSY | {"care.slots_per_1000": 4.0, "care.ending_chance": 0.12}
DATES = {"start": 2, "length": 3, "half_life": 4.0, "reach": 0.6, "fidelity": 0.9, "dose": 1.2}
BOOSTERS = [{"week": 5, "strength": 0.5}, {"week": 9, "strength": 1.5}]


def resolved(setting="military_unit", plans="usual", size=140, parameters=None, changes=(), burn_in=0):
    """A small scenario: burn-in is left out unless asked for, because the engine and its twin start alike anyway."""
    made = scenario.resolve(setting, plans, parameters=parameters, people=size)
    return scenario.override(made, {"setting.burn_in": burn_in} | dict(changes))


def with_events(made, *events):
    data = made.model_dump(mode="json")
    data["setting"]["events"] = list(events)
    return scenario.scenario_from_dict(data)


def begun(made, seed=1, weeks=WEEKS):
    population = Population([World(made, seed)], weeks, census_every=1)
    population.run(0)
    return population, ReferenceModel.from_population(population)


def unequal(name, engine, twin, terms=1):
    """What to say of a column that differs, each number a sum of so many; nothing if it does not.

    Rounding adds up like luck: with the root of how many are added.
    """
    engine, twin = np.asarray(engine), np.asarray(twin)
    assert engine.shape == twin.shape, name
    whole = engine.dtype.kind in "iu"
    bad = engine != twin if whole else ~np.isclose(engine, twin, rtol=RELATIVE, atol=np.sqrt(terms) * ABSOLUTE)
    first = tuple(int(place) for place in np.argwhere(bad)[0]) if bad.any() else None
    return [] if first is None else [f"{name} {first}: engine {engine[first]!r}, twin {twin[first]!r}"]


def differences(population, twin, w=0):
    """Everything in which a world of the engine and its twin differ as they stand."""
    state, rows, week = population.state, population.rows(w), population.week
    groups = slice(*state.worlds.first_group[w : w + 2])
    entries = slice(state.ties.start[rows.start], state.ties.start[rows.stop])
    found = unequal("week", state.worlds.week[w], twin.week)
    for field in people.FIELDS:
        column = people.column(state.people, field.name)[rows]
        assert twin.column(field.name).dtype == column.dtype, field.name
        found += unequal(field.name, column - (groups.start if field.name == "group" else 0), twin.column(field.name))
    found += unequal("target", state.ties.target[entries] - rows.start, twin.tie_column("target"))
    for name in ("trust", "closeness", "kind"):
        found += unequal(name, getattr(state.ties, name)[entries], twin.tie_column(name))
    for row, name in enumerate(VALUES):
        found += unequal(name, state.groups.value[row, groups], twin.group_column(name))
    for name in ("size", "born"):
        found += unequal(name, getattr(state.groups, name)[groups], twin.group_column(name))
    if twin.service.week:
        service = [twin.service.week[name] for name in SERVICE_TALLIES]
        found += unequal(f"service {SERVICE_TALLIES}", population.output.service[w, week], service)
    found += unequal("tallies", population.output.tallies[w, week], twin.tallies(), len(twin.column("group")))
    return found + unequal("census", population.output.census[w, week], twin.census())


def live_together(population, twin, w=0, weeks=WEEKS):
    """Step by step up to ``weeks``, or to the first week with a difference; the differences."""
    found = differences(population, twin, w)
    while not found and twin.week < weeks:
        population.run(twin.week + 1)
        twin.step()
        found = [f"week {twin.week}: {each}" for each in differences(population, twin, w)]
    return found


def tallied(population, name, w=0):
    return population.output.tallies[w, 1:, :, TALLIES.index(name)].sum()


def served(population, name, w=0):
    return population.output.service[w, 1:, SERVICE_TALLIES.index(name)]


@pytest.mark.parametrize("setting", ["training_school", "military_unit", "workplace"])
def test_life_as_usual(setting):
    assert live_together(*begun(resolved(setting), weeks=26), weeks=26) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_intervention(kind):
    """As shipped but for the dates, so that start, fading and boosters all fall within the weeks compared."""
    changes = {f"plans.{kind}.{field}": value for field, value in DATES.items()}
    changes[f"plans.{kind}.boosters"] = BOOSTERS
    population, twin = begun(resolved(plans=kind, parameters=BUSY, changes=changes), seed=2)
    assert live_together(population, twin) == []
    assert tallied(population, "reached") > 0


def test_all_plans_as_shipped_at_once():
    population, twin = begun(resolved("training_school", KINDS, parameters=BUSY), seed=3, weeks=30)
    assert live_together(population, twin, weeks=30) == []


def test_all_that_can_happen_did_happen():
    """Equality says nothing of what never occurred: here each tally has counted somebody."""
    open_minded = {"norms.usual_approval": 0.0, "norms.prior_mean": 0.5}
    made = resolved(plans=("screening", "peer_support"), parameters=BUSY | open_minded)
    population, twin = begun(made, seed=4, weeks=30)
    assert live_together(population, twin, weeks=30) == []
    assert [name for name in TALLIES if tallied(population, name) == 0.0] == []
    counted = population.output.census.sum(axis=(0, 1, 2))
    assert [name for name, count in zip(CENSUS_TALLIES, counted, strict=True) if count == 0.0] == []


@pytest.mark.parametrize(("half_life", "length"), [(None, 2), (0.0, 3), (2.5, 1)])
def test_effects_that_stay_end_or_fade(half_life, length):
    plans = ("cohesion_training", "leader_disclosure", "awareness_campaign", "telehealth")
    changes = {f"plans.{plan}.half_life": half_life for plan in plans}
    changes |= {f"plans.{plan}.length": length for plan in plans} | {"plans.cohesion_training.boosters": BOOSTERS}
    assert live_together(*begun(resolved(plans=plans, parameters=BUSY, changes=changes), seed=5)) == []


@pytest.mark.parametrize("start", [3, 9], ids=["before groups dissolve", "afterwards"])
def test_groups_dissolve_in_stressful_times(start):
    events = (
        {"kind": "stress", "week": 2, "length": 9, "factor": 3.0},
        {"kind": "stress", "week": 6, "length": 2, "factor": 0.5},
        {"kind": "dissolve", "week": 8, "size": 15.0, "ties": 5.0},
        {"kind": "dissolve", "week": 14, "size": 30.0, "ties": 7.0},
    )
    plans = ("cohesion_training", "leader_training")
    changes = {f"plans.{plan}.start": start for plan in plans}
    made = with_events(resolved("secondary_school", plans, 160, BUSY, changes), *events)
    population, twin = begun(made, seed=6)
    homes = twin.column("group")
    assert live_together(population, twin) == []
    assert (homes != twin.column("group")).all()
    assert set(np.unique(twin.tie_column("kind"))) >= {people.MEMBER, 2}


@pytest.mark.parametrize(
    "parameters",
    [
        {"norms.influence_form": 1.0},
        {"distress.contagion_ratio": 1.1},
        {"care.line": 0.7, "care.access_burden": 1.0},
        {"care.open": 0.0},
        {"norms.conformity": 3.5, "norms.learning_rate": 0.25},
    ],
    ids=lambda parameters: ", ".join(parameters),
)
def test_other_forms_of_the_rules(parameters):
    assert live_together(*begun(resolved(parameters=BUSY | parameters), seed=7)) == []


def test_a_queue_forms():
    population, twin = begun(resolved(parameters=CROWDED, plans="screening"), seed=8, weeks=30)
    assert live_together(population, twin, weeks=30) == []
    assert served(population, "queue").max() >= 8
    assert served(population, "attended_wait").max() >= 4
    assert tallied(population, "gave_up_waiting") > 0


def between_bounds(share):
    """All parameters at a share of their ranges (one share for each, or one for all); weeks are whole."""
    names = list(registry())
    values = {}
    for name, part in zip(names, np.broadcast_to(share, len(names)), strict=True):
        parameter = registry()[name]
        value = min(parameter.high, parameter.low + float(part) * (parameter.high - parameter.low))
        values[name] = float(round(value)) if parameter.unit == "weeks" else value
    return values


@pytest.mark.parametrize("share", [0.0, 1.0, 11, 12, 13, 14], ids=lambda share: f"share or seed {share}")
def test_parameters_at_their_ends_and_anywhere_between(share):
    """With all kinds of interventions at work, whose amounts are parameters too."""
    drawn = np.random.default_rng(share).random(len(registry())) if share > 1 else share
    made = resolved("training_school", KINDS, parameters=between_bounds(drawn))
    assert live_together(*begun(made, seed=9)) == []


@pytest.mark.parametrize("plan", ["usual", "peer_leaders"])
def test_a_network_of_ones_own(plan):
    assert live_together(*begun(resolved("karate_club", plan, None, BUSY), weeks=30), weeks=30) == []


def test_from_the_burn_in_on():
    made = resolved("training_school", "cohesion_training", parameters=BUSY, burn_in=6)
    population = Population([World(made, 10)], WEEKS, census_every=1)
    twin = ReferenceModel.from_population(population)
    for _ in range(6):
        twin.step()
    population.run(0)
    assert live_together(population, twin) == []


def test_any_world_of_many_at_any_time():
    worlds = [
        World(resolved(parameters=BUSY), 11),
        World(resolved("training_school", "capacity", parameters=BUSY), 12),
        World(resolved("training_school", ("peer_leaders", "screening"), parameters=CROWDED), 2**64 - 1),
    ]
    population = Population(worlds, WEEKS, census_every=1)
    population.run(11)
    for w in range(3):
        assert differences(population, ReferenceModel.from_population(population, w), w) == []
    twins = [ReferenceModel.from_population(population, w) for w in range(3)]
    while population.week < WEEKS:
        population.run(population.week + 1)
        for w, twin in enumerate(twins):
            twin.step()
            assert differences(population, twin, w) == []


def test_the_twin_is_a_mesa_model():
    _, twin = begun(resolved())
    assert list(twin.agents) == twin.people
    twin.run_for(2)
    assert twin.week == twin.time == 2
    assert twin.agents.agg("distress", np.mean) == pytest.approx(twin.column("distress").mean())


@pytest.mark.parametrize(
    "parameter",
    [
        "distress_inertia",
        "distress_episode_scale",
        "seeking_friend_constant",
        "replies_forgetting",
        "replies_trust_step",
        "replies_trust_loss",
        "care_slots_per_1000",
        "norms_learning_rate",
        "norms_noticing",
        "norms_stigma_rate",
        "norms_speaking_stigma",
        "bonds_growth",
        "bonds_decay",
        "groups_cohesion_rate",
        "groups_morale_rate",
    ],
)
def test_a_parameter_one_hundredth_off_is_noticed(parameter):
    some_wait = BUSY | {"care.slots_per_1000": 20.0}  # a queue, but not one whose expected wait is at its bound
    population, twin = begun(resolved(plans="cohesion_training", parameters=some_wait), seed=13, weeks=30)
    setattr(twin.parameters, parameter, 1.01 * getattr(twin.parameters, parameter))
    assert live_together(population, twin, weeks=30) != []


@pytest.mark.parametrize("name", ["self_stigma", "help_status", "seen_struggling"])
def test_one_person_put_out_of_step_is_noticed(name):
    population, twin = begun(resolved(parameters=BUSY))
    assert live_together(population, twin, weeks=3) == []
    person = next(each for each in twin.people if each.seen_struggling > 0.0)
    setattr(person, name, getattr(person, name) * 1.00001 + (name == "help_status"))
    assert [each.split()[0] for each in differences(population, twin)][:1] == [name]
