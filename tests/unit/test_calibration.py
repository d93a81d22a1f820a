"""Holding the model against data: targets, facts with known answers, a fit of something known, the scorecard."""

import json

import numpy as np
import pandas as pd
import pytest

from sim import posterior
from sim.calibration import (
    care_facts,
    chunks,
    controls,
    distress_facts,
    emulating,
    experiments,
    fitting,
    identifying,
    observing,
    pointing,
    sampling,
    scorecard,
    scorecard_page,
    screening,
    statistics,
    trial_facts,
)
from sim.calibration.cohorts import WEEKLY, Cohort, watch
from sim.calibration.priors import LEFT_ALONE, OWN, Prior, default, prior
from sim.calibration.targets import FIT, HELD_OUT, THEORY, Target, by_id, load, targets
from sim.errors import InputError
from sim.params import registry
from sim.people import FRIEND, GAVE_UP_WAITING, HELPED, IN_CARE, NOT_HELPED, PROFESSIONAL
from sim.population import World
from sim.scenario import override, resolve
from sim.wording import LUCK, LUCK_AND_PARAMETERS


def target(**changes):
    about = {
        "id": "something",
        "statement": "Something was seen",
        "fact": "a",
        "value": 1.0,
        "low": 0.0,
        "high": 2.0,
        "interval": "chosen",
        "setting": "town",
        "source": "wyman_2020",
        "grade": "read",
        "used_for": "fit",
    }
    return Target(**about | changes)


# What the model is held against


def test_every_target_can_be_looked_for():
    shown = {f"{each.group}.{name}" if "." not in name else name
             for each in (*experiments.EXPERIMENTS, *experiments.ONLY_SHOWN) for name in each.facts}  # fmt: skip
    tried = {name for trial in (*trial_facts.TRIALS, *trial_facts.ONLY_SHOWN) for name in (*trial.facts, *trial.errors)}
    assert {each.fact for each in targets()} <= shown | tried | set(observing.THEORIES)


def test_what_is_fitted_needs_nothing_that_is_only_shown():
    late = {f"{each.group}.{name}" if "." not in name else name
            for each in experiments.ONLY_SHOWN for name in each.facts}  # fmt: skip
    late |= {name for trial in trial_facts.ONLY_SHOWN for name in trial.facts} | set(observing.THEORIES)
    assert not late & {each.fact for each in fitting.fit_targets()}


def test_a_fair_share_is_held_out_and_stays_so():
    held = {each.id for each in targets() if each.used_for == HELD_OUT}
    assert len(held) >= 15
    assert {"stigma_of_seekers", "formal_help_soldiers", "willing_use", "unrecovered_three_years"} <= held
    assert not held & {each.id for each in fitting.fit_targets()}
    assert {each.used_for for each in targets()} == {FIT, HELD_OUT, THEORY}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": 3.0}, "does not hold"),
        ({"source": "nobody_2099"}, "unknown"),
        ({"grade": "certain"}, "unknown"),
        ({"used_for": "maybe"}, "used_for"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_target_at_fault_is_refused(tmp_path, change, message):
    about = target().model_dump(exclude={"id"}, exclude_none=True) | change
    file = tmp_path / "targets.yaml"
    file.write_text("it:\n" + "".join(f"  {key}: {json.dumps(value)}\n" for key, value in about.items()))
    with pytest.raises(InputError, match=message):
        load(file)


def test_misfit_is_that_of_a_95_percent_interval():
    each = target(value=1.0, low=0.0, high=1.5)
    assert each.misfit(np.array([1.0]))[0] == 0.0
    assert each.misfit(np.array([0.0]))[0] == pytest.approx(1.96**2)
    assert each.misfit(np.array([1.5]))[0] == pytest.approx(1.96**2)
    assert each.misfit(np.array([0.0]), 1.0)[0] < 1.96**2
    assert each.bounded(np.array([1e9, 0.5])).tolist() == [7.5, 0.5]
    flat = target(flat=True)
    assert flat.misfit(np.array([0.0, 1.0, 2.0])) == pytest.approx([2 * np.log(2), 0.0, 2 * np.log(2)], abs=0.001)
    assert flat.misfit(np.array([4.5, 5.5])) == pytest.approx([10**2, 14**2], rel=0.1)
    assert flat.misfit(np.array([1.0]), 100.0)[0] == pytest.approx(-2 * np.log(2 / np.sqrt(2 * np.pi) / 10), rel=0.01)


def test_where_emulators_hardly_know_anything_they_agree_with_nothing():
    each = target(value=1.0, low=0.0, high=2.0)
    close, doubtful = each.misfit(np.array([1.2]), 0.01)[0], each.misfit(np.array([1.2]), 4.0)[0]
    assert close < doubtful
    assert each.misfit(np.array([3.0]), 4.0)[0] < each.misfit(np.array([3.0]), 0.01)[0]


def test_where_the_model_jumps_the_chance_of_either_state_is_learned():
    random = np.random.default_rng(4)
    unit = random.random((400, 2))
    tips = random.random(400) < np.where(unit[:, 0] < 0.5, 0.25, 0.9)
    facts = pd.DataFrame({"jumping": np.where(tips, 30.0, 1.0) + 0.1 * random.random(400)})
    facts.loc[7, "jumping"] = np.nan
    asked = np.array([[0.1, 0.5], [0.25, 0.2], [0.75, 0.8], [0.9, 0.5]])
    each = target(fact="jumping", value=1.0, low=0.0, high=2.0, flat=True, jumps=True)
    chance, _variance = emulating.emulators([each], {each.id: [0, 1]}, unit, facts)[each.id](asked)
    assert chance == pytest.approx([0.75, 0.75, 0.1, 0.1], abs=0.15)


def test_where_the_model_jumps_nineteen_communities_of_twenty_are_to_stay():
    each = target(flat=True, jumps=True)
    misfit = each.emulated_misfit(np.array([1.0, 0.95, 0.6, 0.05, -0.2]), 0.0)
    assert misfit[:2] == pytest.approx([0.0, 0.0])
    assert misfit[2] == pytest.approx(2 * (19 * np.log(0.95 / 0.6) + np.log(0.05 / 0.4)))  # deviance of a binomial
    assert misfit[2] < misfit[3] < misfit[4] < np.inf


# Facts on lives written by hand


def cohort(weeks=60, people=12, **weekly):
    kept = {name: np.zeros((weeks + 1, people)) for name in WEEKLY} | weekly
    return Cohort(kept, {}, np.zeros((1, 1)), np.zeros((1, 1)), (np.array([0]), np.array([0])),
                  np.zeros(1), np.zeros(people), None)  # fmt: skip


def test_shares_and_odds():
    yes = np.array([True] * 6 + [False] * 6)
    assert statistics.share(yes, np.ones(12, bool)) == 0.5
    assert np.isnan(statistics.share(yes, np.zeros(12, bool)))
    assert statistics.odds_ratio(yes, yes) > 100
    assert statistics.odds_ratio(yes, np.array([True, False] * 6)) == pytest.approx(1.0)


def test_slopes_are_those_of_statsmodels():
    import statsmodels.api as sm

    random = np.random.default_rng(1)
    x = random.standard_normal((400, 2))
    y = (random.random(400) < 1 / (1 + np.exp(0.3 - 0.8 * x[:, 0] + 0.5 * x[:, 1]))).astype(float)
    expected = sm.Logit(y, sm.add_constant(x)).fit(disp=0).params[1:]
    assert statistics.logistic_slopes([x[:, 0], x[:, 1]], y) == pytest.approx(expected, abs=1e-4)
    assert np.isnan(statistics.logistic_slopes([x[:, 0]], np.ones(400))).all()


def test_episodes_are_followed_from_their_beginning():
    episode = np.zeros((61, 12))
    episode[3:10, :6] = 1  # seven weeks
    episode[3:50, 6:] = 1  # forty-seven
    assert distress_facts.recovered(26)(cohort(episode=episode)) == 0.5
    assert distress_facts.recovered(5)(cohort(episode=episode)) == 0.0
    episode[0, :6] = 1
    episode[1:3, :6] = 1
    assert distress_facts.remitted(13)(cohort(episode=episode)) == 1.0


def test_sessions_are_weeks_in_care():
    status = np.zeros((61, 12))
    for person in range(10):
        status[2 : 3 + person % 5, person] = IN_CARE  # one to five
    found = cohort(help_status=status)
    assert sorted(care_facts.spells(found)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert care_facts.sessions(found) == 3.0
    assert care_facts.sessions_mode(found) == 1.0


def test_returns_and_help_by_the_second():
    event, episode, asked = np.zeros((61, 12)), np.ones((61, 12)), np.zeros((61, 12))
    event[5, :] = NOT_HELPED
    asked[9, :9] = PROFESSIONAL
    event[20, :6] = HELPED
    event[20, 6:9] = NOT_HELPED
    found = cohort(care_event=event, episode=episode, asked=asked)
    assert care_facts.returned(found) == 0.75
    assert care_facts.helped_by_second(found) == pytest.approx(6 / 9)


def test_longer_waits_mean_fewer_come():
    status, event, waited = np.zeros((61, 40)), np.zeros((61, 40)), np.zeros((61, 40))
    status[4, :] = 1
    waited[4, :] = np.arange(40) % 10
    came = np.arange(40) % 10 < 5
    came[[5, 4]] = True, False  # not all of them, or the slope has no end
    status[5, came] = IN_CARE
    event[5, ~came] = GAVE_UP_WAITING
    assert (
        care_facts.wait_odds_ratio(cohort(people=40, help_status=status, care_event=event, weeks_in_help=waited)) < 0.8
    )


def test_a_watched_world_is_the_world():
    scenario = override(resolve("secondary_school", ["usual"], people=160), {"weeks": 6, "setting.burn_in": 4})
    [seen] = watch([World(scenario, 3)], 6)
    assert seen.weekly["distress"].shape == (7, seen.start["group"].size)
    assert seen.tally("people") == 7 * seen.start["group"].size
    assert distress_facts.band(0, 28)(seen) == 1.0
    assert (seen.weekly["asked"] == FRIEND).sum() == pytest.approx(seen.tally("asked_friend"), abs=1e-9)


def test_what_a_setting_sets_itself_stays_unless_it_is_named_as_its_own():
    base = resolve("secondary_school", ["usual"])
    own = "seeking.professional_constant"
    assert own in experiments.set_by("secondary_school")
    moved = experiments.at(base, "secondary_school", {own: -2.0, "norms.conformity": 0.7})
    assert moved.parameters[own] == base.parameters[own]
    assert moved.parameters["norms.conformity"] == 0.7
    assert experiments.at(base, "secondary_school", {f"secondary_school/{own}": -5.0}).parameters[own] == -5.0
    with pytest.raises(KeyError, match="no parameter"):
        experiments.at(base, "secondary_school", {"norms.nothing": 1.0})


# Fitting something whose answer is known


TOY = Prior(("norms.a", "norms.b", "norms.c"), np.array([0.0, 0.0, 0.0]), np.array([1.0, 2.0, 1.0]))
TOY_TARGETS = [target(id="one", fact="one", value=0.5, low=0.4, high=0.6), target(id="two", fact="two", value=1.0)]


def toy(values, seeds):
    """``one`` is a, ``two`` is twice b, with a little luck; c is nothing."""
    rows = []
    for point, seed in zip(values, seeds, strict=True):
        luck = np.random.default_rng(seed).standard_normal(2) * 0.02
        rows.append({"one": point["norms.a"] + luck[0], "two": 2 * point["norms.b"] + luck[1]})
    return pd.DataFrame(rows)


@pytest.fixture
def toy_model(monkeypatch):
    monkeypatch.setattr(fitting, "prior", lambda: TOY)
    monkeypatch.setattr(fitting, "default", lambda name: 0.25)
    monkeypatch.setattr(identifying, "prior", lambda: TOY)
    monkeypatch.setattr(fitting, "fit_targets", lambda: TOY_TARGETS)
    monkeypatch.setattr(sampling, "STEPS", 200)  # enough for three parameters
    monkeypatch.setattr("sim.calibration.battery.battery", toy)


EFFORT = fitting.Effort(trajectories=4, first=40, waves=(30,), draws=60)


def test_a_fit_finds_what_is_there_and_leaves_the_rest(tmp_path, toy_model):
    fitting.begin(tmp_path / "fit", EFFORT, 3)
    table = fitting.run(tmp_path / "fit", 1)
    found = identifying.identified(table).set_index("parameter")
    assert found.loc["norms.a", "mean"] == pytest.approx(0.5, abs=0.05)
    assert found.loc["norms.b", "mean"] == pytest.approx(0.5, abs=0.12)
    assert found.loc["norms.a", "verdict"] == "narrowed"
    assert found.loc["norms.c", "verdict"] == "as before"
    assert found.loc["norms.a", "narrowed"] < 0.4 < found.loc["norms.c", "narrowed"]
    assert table["weight"].sum() == pytest.approx(1.0)
    assert identifying.effective(table["weight"].to_numpy()) > 20
    point = json.loads((tmp_path / "fit" / fitting.POINT).read_text())
    assert point["norms.a"] == pytest.approx(0.5, abs=0.05)
    assert "norms.c" not in point


def test_the_point_of_a_fit_holds_what_the_data_left_alone(toy_model):
    """``one`` is a + c - .5, so a and c trade: where c is held at .25, a is .75."""

    points = fitting.latin(3, 120, 1)
    facts = toy([TOY.named(row) for row in TOY.scaled(points)], range(120))
    facts["one"] += points[:, 2] - 0.5
    emulated = emulating.emulators(TOY_TARGETS, {"one": [0, 2], "two": [1]}, points, facts)

    def middle(c):
        near = pointing.near(TOY_TARGETS, emulated, np.array([0.0, 0.0, c]), [0, 1], points, 400, 1)
        assert (near[:, 2] == c).all()
        return pointing.middle(TOY, near, [0, 1])

    assert middle(0.25) == {"norms.a": pytest.approx(0.75, abs=0.05), "norms.b": pytest.approx(0.5, abs=0.12)}
    assert middle(0.5)["norms.a"] == pytest.approx(0.5, abs=0.05)


def test_the_values_of_a_point_claim_few_digits():
    assert [pointing.rounded(value) for value in (0.0018765, -2.3456, 0.0, 10.26, 0.95)] == [
        0.00188, -2.3, 0.0, 10.3, 0.95,
    ]  # fmt: skip


def test_a_fit_goes_on_where_it_was_stopped(tmp_path, toy_model, monkeypatch):
    monkeypatch.setattr(sampling, "STEPS", 40)  # the same both times is all that is asked
    monkeypatch.setattr(pointing, "LIVED", 16)
    monkeypatch.setattr(pointing, "DRAWN", 50)
    effort = fitting.Effort(trajectories=4, first=40, waves=(), draws=24)
    fitting.begin(tmp_path / "whole", effort, 3)
    whole = fitting.run(tmp_path / "whole", 1)
    fitting.begin(tmp_path / "stopped", effort, 3)
    lived = []

    def breaks(values, seeds):
        if len(lived) == 5:
            raise KeyboardInterrupt
        lived.append(len(values))
        return toy(values, seeds)

    monkeypatch.setattr("sim.calibration.battery.battery", breaks)
    with pytest.raises(KeyboardInterrupt):
        fitting.run(tmp_path / "stopped", 1)
    kept = {file: file.stat().st_mtime_ns for file in (tmp_path / "stopped" / "lived").glob("*.parquet")}
    assert len(kept) == 5
    monkeypatch.setattr("sim.calibration.battery.battery", toy)
    pd.testing.assert_frame_equal(fitting.run(tmp_path / "stopped", 1), whole)
    points = [(tmp_path / name / fitting.POINT).read_text() for name in ("whole", "stopped")]
    assert points[0] == points[1]
    assert all(file.stat().st_mtime_ns == when for file, when in kept.items())


def test_a_fit_of_other_code_is_not_gone_on_with(tmp_path, toy_model):
    folder = tmp_path / "fit"
    fitting.begin(folder, EFFORT, 1)
    with pytest.raises(InputError, match="already"):
        fitting.begin(folder, EFFORT, 1)
    about = json.loads((folder / fitting.MANIFEST).read_text())
    (folder / fitting.MANIFEST).write_text(json.dumps(about | {"engine": "another"}))
    with pytest.raises(InputError, match="another engine"):
        fitting.run(folder, 1)
    with pytest.raises(InputError, match="no fit"):
        fitting.resumed(tmp_path / "nothing")


def test_what_is_damaged_in_a_fit_is_said_with_its_file(tmp_path, toy_model):
    folder = tmp_path / "fit"
    fitting.begin(folder, EFFORT, 1)
    (folder / "lived").mkdir()
    chunk = folder / "lived" / "screening-0000.parquet"
    chunk.write_text("nothing")
    with pytest.raises(InputError, match="cannot be read") as caught:
        fitting.run(folder, 1)
    assert caught.value.file == str(chunk)
    (folder / "point.json").write_text("[1]")
    with pytest.raises(InputError, match="point cannot be read"):
        pointing.read(folder / "point.json")
    about = json.loads((folder / fitting.MANIFEST).read_text())
    about["effort"]["first"] = "many"
    (folder / fitting.MANIFEST).write_text(json.dumps(about))
    with pytest.raises(InputError, match="no fit"):
        fitting.resumed(folder)


def test_a_chunk_that_cannot_be_written_is_said(tmp_path, toy_model):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises((InputError, FileExistsError)):
        chunks.lived(blocked, "wave", TOY, np.full((2, 3), 0.5), [1, 2], 1)


def test_screening_sees_what_moves_what():
    points = screening.design(TOY, 6, 1)
    values = toy([TOY.named(row) for row in TOY.scaled(points)], [1] * len(points))
    moved = screening.effects(TOY, points, values, TOY_TARGETS)
    assert moved.loc["norms.a", "one"] == pytest.approx(1 / 0.1, rel=0.01)
    assert moved.loc["norms.b", "one"] == pytest.approx(0.0, abs=1e-9)
    chosen = screening.inputs(moved)
    assert chosen["one"][0] == "norms.a"
    assert chosen["two"][0] == "norms.b"


def test_an_emulator_knows_the_mean_and_how_much_is_luck():
    random = np.random.default_rng(5)
    points = random.random((120, 3))
    values = np.sin(3 * points[:, 0]) + 0.1 * random.standard_normal(120)
    made = emulating.fitted(points, values, [0, 1])
    new = random.random((50, 3))
    mean, variance = made(new)
    assert np.abs(mean - np.sin(3 * new[:, 0])).mean() < 0.06
    assert 0.004 < made.noise < 0.025
    assert (variance >= 0).all()
    assert emulating.fitted(points[:5], values[:5], [0]) is None


def test_draws_have_the_density_that_was_asked_for():
    def misfit(points):
        return ((points[:, 0] - 0.3) / 0.05) ** 2

    found = sampling.draws(misfit, np.full((4, 2), 0.4), 400, 7)
    assert found[:, 0].mean() == pytest.approx(0.3, abs=0.015)
    assert found[:, 0].std() == pytest.approx(0.05, abs=0.012)
    assert found[:, 1].std() == pytest.approx(np.sqrt(1 / 12), abs=0.05)
    assert ((found >= 0) & (found <= 1)).all()
    assert np.array_equal(found, sampling.draws(misfit, np.full((4, 2), 0.4), 400, 7))


def test_draws_settle_in_many_dimensions_far_from_where_they_set_out():
    def misfit(points):
        return (((points[:, :20] - 0.3) / 0.05) ** 2).sum(axis=1)

    found = sampling.draws(misfit, np.full((4, 40), 0.6), 2000, 7)
    assert ((found >= 0) & (found <= 1)).all()
    assert found[:, :20].mean() == pytest.approx(0.3, abs=0.005)
    assert found[:, :20].std() == pytest.approx(0.05, abs=0.01)
    assert found[:, 20:].std() == pytest.approx(1 / np.sqrt(12), abs=0.02)
    assert found[:, 20:].mean() == pytest.approx(0.5, abs=0.03)


def test_the_prior_is_the_registry_s():
    space = prior()
    assert set(OWN) <= set(space.names)
    assert not set(LEFT_ALONE) & set(space.names)
    for name, low, high in zip(space.names, space.low, space.high, strict=True):
        each = registry()[name.rpartition("/")[2]]
        assert each.low <= low < high <= each.high
    edges = space.scaled(np.vstack([np.zeros(len(space.names)), np.ones(len(space.names))]))
    assert edges == pytest.approx(np.array([space.low, space.high]), abs=1e-12)
    assert (edges <= space.high).all()


# The shipped posterior


def test_defaults_are_the_point_of_the_fit_amid_its_draws():
    point, table = pointing.shipped(), posterior.table()
    found = identifying.identified(table)
    assert set(point) == set(found.loc[found["verdict"] == identifying.NARROWED, "parameter"])
    assert {name: default(name) for name in point} == point
    below = {name: identifying.below_default(table, name) for name in point}
    assert not {name: share for name, share in below.items() if not 0.05 < share < 0.95}


def test_the_shipped_draws_are_of_this_model():
    table = posterior.table()
    assert {"weight", *prior().names} == set(table.columns)
    assert table["weight"].sum() == pytest.approx(1.0)
    space = prior()
    values = table[list(space.names)].to_numpy()
    assert ((values >= space.low - 1e-9) & (values <= space.high + 1e-9)).all()
    assert identifying.effective(table["weight"].to_numpy()) >= 50


def test_a_seed_has_its_draw_wherever_it_stands():
    scenario = resolve("town", ["usual"])
    assert posterior.draws(scenario, [7, 8])[1] == posterior.draws(scenario, [8])[0]
    assert len({json.dumps(each) for each in posterior.draws(scenario, range(30))}) > 10
    places = posterior.places(np.array([0.0, 3.0, 1.0]), range(4000))
    assert np.bincount(places, minlength=3)[0] == 0
    assert np.mean(places == 1) == pytest.approx(0.75, abs=0.03)


def test_what_was_asked_for_is_not_drawn():
    asked = override(resolve("secondary_school", ["usual"]), {"norms.conformity": 2.5})
    [drawn] = posterior.draws(asked, [1])
    assert "norms.conformity" not in drawn
    own = "secondary_school/seeking.professional_constant"
    assert drawn["seeking.professional_constant"] in posterior.table()[own].to_numpy()
    [airmen] = posterior.draws(resolve("training_school", ["usual"]), [1])
    assert "distress.onset_hazard" not in airmen  # the setting's own


# The scorecard


def test_rows_say_what_was_met_and_misses_stay():
    met = scorecard.row(target(), np.array([0.9, 1.1, 1.0, np.nan]))
    missed = scorecard.row(target(why_missed="Because."), np.array([5.0, 6.0]))
    rows = pd.DataFrame([met, missed, scorecard.row(target(), np.full(2, np.nan))], columns=list(scorecard.COLUMNS))
    assert rows["met"].tolist() == [True, False, False]
    card = scorecard.Scorecard(rows, pd.DataFrame(columns=["control", "id", "value", "missed"]), LUCK_AND_PARAMETERS, 3)
    text = scorecard_page.markdown(card, "2026-01-01")
    assert "Because." in text
    assert "1 of 3 fitted facts" in text
    assert "validated against" not in text.lower()
    assert scorecard_page.figure(card).alternative.count("MISSED") == 2
    assert "3 draws; intervals hold luck and parameters" in text
    at_the_point = scorecard.Scorecard(rows, card.controls, LUCK, 3)
    text = scorecard_page.markdown(at_the_point, "2026-01-01")
    assert "3 runs; intervals hold luck." in text
    assert "95% of runs" in text
    assert "of draws" not in text


def test_controls_name_facts_and_parameters_that_exist():
    for control in controls.CONTROLS:
        assert set(control.facts) <= set(by_id())
        assert set(control.off) <= set(registry())


def test_controls_tell_whether_a_fact_was_missed():
    def observe(values, wanted):
        return pd.DataFrame([{each.fact: each.value for each in wanted}])

    assert not controls.tried(observe)["missed"].any()
    wrong = controls.tried(lambda values, wanted: pd.DataFrame([{each.fact: 1e9 for each in wanted}]))
    assert wrong["missed"].all()
