"""Maps: where to look next, the tipping line, both starts, what is written, and what is refused."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from sim import storing
from sim.__main__ import app
from sim.errors import InputError
from sim.exploring import levers, map_files, map_plots, maps, refining, starts, tipping, walking
from sim.exploring.evaluating import Stopped
from sim.people import FIELDS, column
from sim.population import Population, World
from sim.scenario import override, resolve

QUICK = {"changes": {"setting.burn_in": 4, "peer_leaders.length": 4}, "people": 160, "seeds": 2, "points": 25}
QUICK |= {"weeks": 20, "depth": 0}


@pytest.fixture(scope="module")
def mapped():
    return maps.tipping_map("secondary_school", "peer_leaders.reach", "norms.conformity", "norm", **QUICK)


# Where to look next


def steps(slope):
    """Two starts: nothing ever from the first; a step at a slanted line from the second."""

    def look(corners):
        return {(x, y): [0.0, float(y >= 9 + slope * x)] for x, y in corners}

    return look


def test_points_stand_where_the_outcome_changes():
    known = refining.refine(steps(0.2), depth=2, budget=120, level=0.5)
    assert refining.finest(2) == 16
    distance = np.array([abs(y - (9 + 0.2 * x)) for x, y in known])
    fine = np.array([x % 4 > 0 or y % 4 > 0 for x, y in known])
    assert fine.sum() > 30
    assert distance[fine].max() <= 4.8  # cells that the line does not cross are left whole
    assert len(known) <= 120


def test_a_flat_map_is_not_looked_at_more_closely():
    assert len(refining.refine(lambda corners: {corner: [0.3, 0.3] for corner in corners}, 3, 500, 0.5)) == 25


@pytest.mark.parametrize("budget", [25, 40, 60])
def test_no_more_points_are_looked_at_than_were_allowed(budget):
    looked = []

    def look(corners):
        looked.extend(corners)
        return {(x, y): [np.sin(x), np.cos(y)] for x, y in corners}

    known = refining.refine(look, 3, budget, None)
    assert len(known) == len(looked) == len(set(looked)) <= budget


def test_what_is_undefined_is_looked_at_more_closely():
    known = refining.refine(lambda cs: {c: [np.nan if c == (0, 0) else 1.0 + 0.0 * c[0], 0.0] for c in cs}, 1, 50, None)
    assert (1, 1) in known
    assert (7, 7) not in known


# The tipping line


def scattered():
    rng = np.random.default_rng(1)
    corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    return np.vstack([corners, rng.random((40, 2))])


def test_a_plane_is_carried_over_the_map_exactly():
    points = scattered()
    weights = tipping.spread(points)
    assert weights.sum(axis=1) == pytest.approx(np.ones(tipping.FINE**2))
    plane = tipping.square(weights @ (2.0 * points[:, 0] - 3.0 * points[:, 1] + 1.0))
    side = np.linspace(0.0, 1.0, tipping.FINE)
    assert plane == pytest.approx(2.0 * side[None, :] - 3.0 * side[:, None] + 1.0, abs=1e-9)


def test_the_line_lies_where_the_level_is_and_its_band_is_as_wide_as_seeds_disagree():
    points = scattered()
    rng = np.random.default_rng(2)
    shifts = rng.normal(0.0, 0.1, 30)
    values = points[:, 1:] + shifts  # each seed puts the line elsewhere
    found = tipping.surface(tipping.spread(points), values, 0.5)
    (line,) = found.lines
    assert line[:, 1] == pytest.approx(np.full(len(line), 0.5 - shifts.mean()), abs=1e-6)
    column_of_map = found.above[:, 40]
    side = np.linspace(0.0, 1.0, tipping.FINE)
    width = side[column_of_map > 0.975].min() - side[column_of_map < 0.025].max()
    assert width == pytest.approx(2 * 1.96 * shifts.std() / np.sqrt(30), rel=0.35)
    for each in tipping.crossings(found, 0.5):
        assert each["low"] <= 0.5 - shifts.mean() + 0.02
        assert each["low"] < each["high"]
    alone = tipping.surface(tipping.spread(points), points[:, 1:], 0.5)
    assert set(np.unique(alone.above)) == {0.0, 1.0}  # one seed: nothing to disagree


def test_areas_are_shares_of_the_map():
    points, weights = scattered(), tipping.spread(scattered())
    absent = tipping.surface(weights, points[:, 1:] - 0.75, 0.0)
    present = tipping.surface(weights, points[:, 1:] - 0.25, 0.0)
    areas = tipping.areas(absent, present)
    assert areas["start_decides"]["value"] == pytest.approx(0.5, abs=0.02)
    assert areas["either_way"]["value"] == pytest.approx(0.25, abs=0.02)
    assert areas["neither_way"]["value"] == pytest.approx(0.25, abs=0.02)
    assert areas["from_present"]["value"] == pytest.approx(0.75, abs=0.02)


# Both starts


def test_a_start_puts_beliefs_in_place_and_nothing_else():
    scenario = override(resolve("secondary_school", ["usual"], people=160), {"setting.burn_in": 4, "weeks": 4})
    both = starts.both(scenario)
    population = Population([World(each, 3) for each in both.values()], 4)
    population.run(0)
    before = {field.name: column(population.state.people, field.name).copy() for field in FIELDS}
    starts.begin({id(each): start for start, each in both.items()})(population)
    after = {field.name: column(population.state.people, field.name) for field in FIELDS}
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed == {"injunctive_norm", "self_stigma", "seen_seeking", "seen_struggling", "descriptive_norm"}
    sightings = before["seen_seeking"] + before["seen_struggling"]
    assert after["seen_seeking"] + after["seen_struggling"] == pytest.approx(sightings, rel=1e-5)
    for w, sign in enumerate((-1.0, 1.0)):
        rows = population.rows(w)
        assert np.allclose(after["injunctive_norm"][rows], sign * starts.STRENGTH)
        assert after["seen_seeking"][rows] == pytest.approx(
            sightings[rows] * (1 + sign * starts.STRENGTH) / 2, rel=1e-5
        )
        moved = after["self_stigma"][rows] - before["self_stigma"][rows]
        approval = after["injunctive_norm"][rows] - before["injunctive_norm"][rows]
        assert (approval * moved < 0).all()  # approval lowers stigma
    first, second = population.rows(0), population.rows(1)
    assert np.array_equal(before["self_stigma"][first], before["self_stigma"][second])  # one burn-in for both


def test_worlds_of_a_map_are_lived_from_their_start(mapped):
    """From the norm present more approval is perceived, week after week, than from its absence."""
    table = mapped.points.set_index(["y", "x", "seed", "start"])["injunctive_norm"].unstack("start")
    assert (table["present"] >= table["absent"]).mean() > 0.95
    assert (table["present"] - table["absent"]).mean() > 0.1


# Maps


def test_a_map_has_both_starts_and_all_seeds_at_every_point(mapped):
    assert len(mapped.points) == 25 * 2 * 2
    assert mapped.points.groupby(["x", "y"]).size().eq(4).all()
    assert mapped.points["x"].min() == 0.0
    assert mapped.points["y"].max() == mapped.y.high
    assert mapped.level == 0.5
    assert mapped.scenario.plan_names == ("peer_leaders",)
    assert set(mapped.points["norm"]) <= {0.0, 1.0}
    assert mapped.parts["expects_approval"]["present"] > mapped.parts["expects_approval"]["absent"]


def test_points_stand_closer_where_a_part_of_the_norm_is_reached():
    """Even if the norm as a whole is nowhere."""
    options = QUICK | {"points": 45, "depth": 1, "seeds": 1}
    found = maps.tipping_map("secondary_school", "peer_leaders.reach", "norms.conformity", "norm", **options)
    assert len(found.points[["x", "y"]].drop_duplicates()) > 25


def test_the_norm_of_a_map_holds_through_all_of_the_last_weeks():
    from sim.sweeps.measuring import Chosen

    chosen = Chosen.of(("expects_both", "sought_in_time"), (1, 2, 3))
    scenario = resolve("secondary_school", ["usual"])
    values = {name: np.array([0.9, 0.9, 0.9]) for name in chosen.columns}
    values["week2_expects_both"] = np.array([0.9, 0.4, 0.9])
    values["week3_sought_in_time"] = np.array([0.9, 0.9, np.nan])
    found = walking.at_the_end(chosen, values, [scenario] * 3, "norm")
    assert found["norm"].tolist() == [1.0, 0.0, 0.0]
    assert found["expects_both"][1] == pytest.approx((0.9 + 0.4 + 0.9) / 3)


def test_a_map_is_the_same_again_and_in_other_pieces(mapped, monkeypatch):
    monkeypatch.setattr("sim.exploring.evaluating.CHUNK", 1)
    seen = []
    again = maps.tipping_map(
        "secondary_school", "peer_leaders.reach", "norms.conformity", "norm", **QUICK,
        threads=1, progress=lambda *step: seen.append(step), cancelled=lambda: False,
    )  # fmt: skip
    assert storing.digest(again.points) == storing.digest(mapped.points)
    assert seen[0] == (4, 100)
    assert seen[-1] == (100, 100)


def test_a_map_can_be_called_off():
    with pytest.raises(Stopped):
        maps.tipping_map("secondary_school", "peer_leaders.reach", "norms.conformity", **QUICK, cancelled=lambda: True)


def test_other_measures_have_their_line_half_way():
    found = maps.tipping_map("secondary_school", "norms.conformity", "norms.prior_mean", "unmet_need", **QUICK_USUAL)
    means = found.points.groupby(["x", "y", "start"], observed=True)["unmet_need"].mean()
    assert found.level == pytest.approx((means.min() + means.max()) / 2)
    assert found.scenario.plan_names == ("usual",)
    assert [each.name for each in map_plots.every(found)] == ["map"]


QUICK_USUAL = QUICK | {"changes": {"setting.burn_in": 4}, "weeks": 12}


@pytest.mark.parametrize(
    ("x", "y", "options", "key"),
    [
        ("peer_leaders.raech", "norms.conformity", {}, "raech"),
        ("norms.conformity", "norms.conformity", {"plans": ["peer_leaders"]}, "two levers"),
        ("peer_leaders.reach", "norms.conformity", {"x_range": (0.5, 0.1)}, "peer_leaders.reach"),
        ("peer_leaders.reach", "norms.conformity", {"y_range": (0.0, 9.0)}, "norms.conformity"),
        ("peer_leaders.reach", "norms.conformity", {"measure": "nrom"}, "nrom"),
        ("peer_leaders.reach", "norms.conformity", {"points": 9}, "points"),
        ("peer_leaders.reach", "norms.conformity", {"depth": 40}, "depth"),
        ("peer_leaders.reach", "norms.conformity", {"weeks": 12}, "weeks"),
        ("peer_leaders.length", "norms.conformity", {}, "range"),
        ("peer_leaders.reach", "norms.conformity", {"level": float("nan")}, "no level"),
    ],
)
def test_a_map_that_cannot_be_is_refused(x, y, options, key):
    with pytest.raises(InputError) as error:
        maps.tipping_map("secondary_school", x, y, **{**QUICK, **options})
    assert key in str(error.value)


def test_plans_follow_from_the_levers():
    assert levers.plans_for(["peer_leaders.reach", "norms.conformity"]) == ["peer_leaders"]
    assert levers.plans_for(["stigma_contact.reach", "peer_leaders.reach"]) == ["stigma_contact", "peer_leaders"]
    assert levers.plans_for(["norms.conformity"]) == ["usual"]


# Files and figures


def test_a_map_is_written_whole_and_read_again(mapped, tmp_path):
    folder = map_files.save(mapped, tmp_path / "m", "helpseek map")
    found = map_files.read(folder)
    assert found == json.loads(json.dumps(map_files.document(mapped, "helpseek map")))
    side = (tipping.FINE + 1) // map_files.EVERY
    assert len(found["grid"]["x"]) == len(found["grid"]["absent"]["value"]) == side
    assert len(found["points"]) == 25
    for place in found["points"]:
        assert place["absent"]["low"] <= place["absent"]["value"] <= place["absent"]["high"]
        assert set(place["present"]) >= {"value", "expects_both", "sought_in_time"}
    assert {"map.png", "map.svg", "parts.png", "parts.svg"} == {file.name for file in (folder / "figures").iterdir()}
    about = json.loads((folder / "manifest.json").read_text())
    assert about["tables"]["points"]["rows"] == 100
    with pytest.raises(InputError):
        map_files.save(mapped, folder)
    map_files.save(mapped, folder, force=True, figures=False)


def test_a_file_that_is_no_map_is_refused(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text("[")
    (tmp_path / "c.json").write_text('{"program": "help-seeking-norms", "kind": "map", "format": 9}')
    (tmp_path / "d.json").write_text('{"program": "help-seeking-norms", "kind": "map", "format": 1}')
    for name in ("a", "b", "c", "d"):
        with pytest.raises(InputError):
            map_files.read(tmp_path / f"{name}.json")
    with pytest.raises(InputError):
        map_files.read("no_such_map")


def test_figures_of_a_map_say_what_they_rest_on(mapped):
    from matplotlib.text import Text

    for each in map_plots.every(mapped):
        said = " ".join(text.get_text() for text in each.figure.findobj(Text))
        assert "Secondary school" in said
        assert "2 seeds each" in said
        assert "not parameter uncertainty" in said
        assert len(each.alternative) > 50
    whole = map_plots.whole(mapped)
    assert "the start decides" in whole.alternative
    assert {panel.get_ylabel() for panel in whole.figure.axes} >= {"Speaking up: conformity (logit per unit)"}


def test_the_command_draws_a_map(tmp_path):
    words = "map secondary_school --x peer_leaders.reach --y norms.conformity --measure injunctive_norm --points 25"
    words += (
        " --depth 0 --seeds 1 --weeks 20 --size 160 --set setting.burn_in=4 --set peer_leaders.length=4 --no-figures"
    )
    done = CliRunner().invoke(app, [*words.split(), "--out", str(tmp_path / "m")])
    assert done.exit_code == 0, done.output
    assert "the start decides" in " ".join(done.output.split())
    found = map_files.read(tmp_path / "m")
    assert found["command"].startswith("helpseek map secondary_school --x peer_leaders.reach --y norms.conformity")
    refused = CliRunner().invoke(app, ["map", "secondary_school", "--x", "peer_leaders.reach"])
    assert refused.exit_code == 2
    assert "--y norms.conformity" in refused.output
    words = ["map", "secondary_school", "--x", "peer_leader.reach", "--y", "norms.conformity"]
    assert "did you mean: peer_leaders.reach?" in CliRunner().invoke(app, words).output


# What is shipped


def test_shipped_maps_can_be_drawn_as_they_are():
    assert len(map_files.stored()) >= 2
    for name, file in map_files.stored().items():
        found = map_files.read(name)
        assert file.stat().st_size < 400_000
        assert len(found["grid"]["x"]) == len(found["grid"]["present"]["value"][0])
        assert found["summary"].endswith(".")
        words = found["command"].split()[1:]
        given = typer.main.get_command(app).commands["map"].make_context("map", words[1:]).params
        assert given["setting"] == found["setting"]
        assert given["x"] == found["x"]["name"]
        assert given["points"] >= len(found["points"])
