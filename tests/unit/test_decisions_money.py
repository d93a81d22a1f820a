"""What plans cost for what they do: intervals that know when there is no answer, and costs that nobody invented."""

import math
from pathlib import Path

import numpy as np
import pytest
import tiny

import sim
from sim import shipped, study
from sim.decisions import comparisons, effectiveness, pricing, sections
from sim.files import load_plan
from sim.schema import Cost

# Costs


def test_no_shipped_plan_has_a_price_without_a_source():
    items = [(name, item) for name in shipped.names("plan") for item in load_plan(name).model.interventions.values()]
    assert len(items) >= 15
    for name, item in items:
        cost = item.cost
        priceless = cost.fixed == cost.per_person == cost.per_week == 0
        assert priceless if cost.source == pricing.UNSAID else len(cost.source) > 10, name


def test_what_nobody_filled_in_is_known():
    plans = [tiny.scenario("usual"), tiny.scenario("peer_leaders"), tiny.scenario("telehealth")]
    assert pricing.missing(plans) == ["peer_leaders", "telehealth"]
    given = pricing.priced(plans, {"telehealth": Cost(source="free of charge, our own agreement")})
    assert pricing.missing(given) == ["peer_leaders"]
    assert pricing.source(given[2].interventions["telehealth"].cost).startswith("free of charge")
    assert "not filled in" in pricing.source(given[1].interventions["peer_leaders"].cost)


def test_costs_from_a_file(tmp_path):
    file = tmp_path / "costs.yaml"
    file.write_text("kind: costs\ncosts:\n  peer_leaders: {fixed: 500, per_person: 20, currency: EUR, source: offer}\n")
    assert pricing.read(file) == {"peer_leaders": Cost(fixed=500, per_person=20, currency="EUR", source="offer")}


@pytest.mark.parametrize(
    "text",
    [
        "kind: plan\ncosts: {}",
        "kind: costs\ncosts: {a: {fixed: -1}}",
        "kind: costs\ncosts: {a: {fixd: 1}}",
        "kind: costs",
    ],
)
def test_a_file_of_costs_that_is_none(tmp_path, text):
    (tmp_path / "costs.yaml").write_text(text)
    with pytest.raises(sim.InputError) as error:
        pricing.read(tmp_path / "costs.yaml")
    assert "costs.yaml" in str(error.value)


def test_costs_can_be_filled_in_afterwards():
    cost = Cost(fixed=100.0, per_person=7.0, per_week=2.0)
    results = study.run([tiny.scenario("usual"), tiny.scenario("peer_leaders")], 3)
    later = pricing.by_seed(results, pricing.priced(results.scenarios, {"peer_leaders": cost}))
    names = {f"peer_leaders.cost.{key}": getattr(cost, key) for key in ("fixed", "per_person", "per_week")}
    before = study.run([tiny.scenario("usual"), tiny.scenario("peer_leaders", **names)], 3)
    assert later[:, 1].tolist() == before.totals[before.totals.label == "peer_leaders"]["cost"].tolist()
    assert later[:, 1].min() > 100
    assert later[:, 0].tolist() == [0, 0, 0]


def test_costs_of_what_is_not_there_and_of_two_currencies_are_refused():
    plans = [tiny.scenario("peer_leaders"), tiny.scenario("telehealth")]
    with pytest.raises(sim.InputError) as error:
        pricing.priced(plans, {"peer_leader": Cost(fixed=1.0)})
    assert error.value.hint == "peer_leaders"
    mixed = {"peer_leaders": Cost(fixed=1.0), "telehealth": Cost(fixed=1.0, currency="EUR")}
    with pytest.raises(sim.InputError, match="currencies"):
        pricing.currency(pricing.priced(plans, mixed))


# Cost for each unit of effect


def test_fieller_with_a_fixed_cost_turns_the_interval_of_the_effect_round():
    gain = np.random.default_rng(1).normal(10.0, 2.0, 25)
    found = effectiveness.fieller(np.full(25, 500.0), gain)
    half = 2.0638985616280205 * gain.std(ddof=1) / 5  # t of 24 degrees of freedom
    assert found.value == pytest.approx(500 / gain.mean())
    assert (found.low, found.high) == pytest.approx((500 / (gain.mean() + half), 500 / (gain.mean() - half)))
    assert found.told == effectiveness.TELLABLE


def fieller_of_many(effect, studies=3000, seeds=12):
    luck = np.random.default_rng(2)
    made = []
    for _ in range(studies):
        shared = luck.standard_normal(seeds)
        gain, cost = effect + shared + luck.standard_normal(seeds), 100.0 + 8.0 * shared + luck.standard_normal(seeds)
        made.append((effectiveness.fieller(cost, gain), cost.mean() / gain.mean(), gain, cost))
    return made


def test_fieller_holds_the_truth_and_the_mean_of_ratios_does_not():
    many = fieller_of_many(2.0)
    assert np.mean([not r.low > 50 and not r.high < 50 for r, *_ in many]) > 0.94
    luck, held = np.random.default_rng(5), {"fieller": 0, "naive": 0}
    for _ in range(500):
        gain = luck.normal(2.0, 0.5, 100)
        found, ratios = effectiveness.fieller(np.full(100, 100.0), gain), 100.0 / gain
        held["fieller"] += found.low <= 50 <= found.high
        held["naive"] += abs(ratios.mean() - 50) <= 1.98 * ratios.std(ddof=1) / 10
    assert held["fieller"] > 460
    assert held["naive"] < 400


def test_an_effect_that_may_be_nothing_has_no_cost_for_each():
    many = [found for found, *_ in fieller_of_many(0.0, studies=300)]
    told = [each.told for each in many]
    assert told.count(effectiveness.MAYBE_NOTHING) > 0.9 * len(many)
    assert all(math.isnan(each.value) for each in many if each.told != effectiveness.TELLABLE)
    least = [each for each in many if each.told == effectiveness.MAYBE_NOTHING and math.isfinite(each.low)]
    assert all(each.low > 0 and each.high == math.inf for each in least)
    assert least


def test_no_effect_harm_and_a_single_seed():
    assert effectiveness.fieller(np.full(9, 5.0), np.zeros(9)).told == effectiveness.NONE
    harm = np.random.default_rng(3).normal(-10.0, 1.0, 9)
    assert effectiveness.fieller(np.full(9, 5.0), harm).told == effectiveness.WORSE
    assert effectiveness.fieller(np.ones(1), np.ones(1)).told == effectiveness.MAYBE_NOTHING


def test_acceptability_begins_with_the_cheapest_and_ends_with_the_most_effective():
    luck = np.random.default_rng(4)
    gain = np.column_stack((np.zeros(40), luck.normal(5.0, 1.0, 40), luck.normal(8.0, 1.0, 40)))
    cost = np.tile([0.0, 100.0, 400.0], (40, 1))
    found = effectiveness.acceptability(gain, cost, [0.0, 50.0, 1000.0])
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found.argmax(axis=1).tolist() == [0, 1, 2]
    assert found.max(axis=1) == pytest.approx(1.0, abs=0.01)


def test_gains_are_counted_so_that_more_is_better(monkeypatch):
    results = tiny.compared()
    for effect in (each.name for each in effectiveness.EFFECTS):
        found = effectiveness.gains(results, effect)
        assert found.shape == (4, 3)
        assert not found[:, [0, 2]].any()  # the first plan, and one that reaches nobody
    weeks = results.totals.pivot(index="seed", columns="label", values="person_weeks_elevated")
    found = effectiveness.gains(results, "distress")[:, 1]
    assert found == pytest.approx((weeks["usual"] - weeks["cohesion_training"]).to_numpy())
    monkeypatch.setattr(comparisons, "by_seed", lambda results, measure: np.array([[5.0, 3.0], [4.0, 6.0]]))
    assert effectiveness.gains(results, "unmet").tolist() == [[0.0, 2.0], [0.0, -2.0]]  # less time without help


def test_people_helped_are_of_as_many_needs_as_there_were():
    results = tiny.compared()
    totals, needs = results.totals, effectiveness.needs(results)
    frame = results.subgroups[results.subgroups["week"] > 0]
    asked = frame.groupby("run")["need_closed_asked"].sum().to_numpy().reshape(3, 4).T
    assert asked / needs == pytest.approx(totals["mean_sought_in_time"].to_numpy(float).reshape(3, 4).T)


def test_costs_shown_as_examples_can_be_read(tmp_path):
    """What the guide and the page show is what somebody will copy."""
    guide = (Path(__file__).parents[2] / "docs" / "planner.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    for text in (example, sections.hint("peer_leaders").split("\n\n")[0]):
        (tmp_path / "costs.yaml").write_text(text, encoding="utf-8")
        found = pricing.read(tmp_path / "costs.yaml")
        assert "peer_leaders" in found
        assert all(" " in cost.source for cost in found.values())
