"""Maps against the theory of speaking: one settled state where conformity is weak, two where it is strong."""

import numpy as np
import pytest
from laboratory import a_scenario
from scipy import optimize
from test_norm_theory import settled_states

from sim.exploring import maps
from sim.exploring.starts import STARTS
from sim.schema import Unit

pytestmark = pytest.mark.verification

# Within the registry's ranges: stigma stays, spread as a standard normal number, and few are ever in need
QUIET = {
    "distress.onset_hazard": 0.0005,
    "norms.internalised_share": 0.0,
    "norms.anchor_rate": 0.0,
    "norms.contact_effect": 0.0,
    "norms.experience_effect": 0.0,
    "norms.anchor_spread": 1.0,
    "norms.stigma_noise": 0.0,
    "norms.stigma_group_share": 0.0,
    "norms.learning_rate": 0.25,
}


@pytest.fixture(scope="module")
def mapped():
    """Conformity along y; along x the weight of leaders, of whom there are none: it must not matter."""
    units = (Unit(name="group", size=300.0, ties=50.0, clustering=0.2),)
    scenario = a_scenario(300, QUIET, units, burn_in=8)
    return maps.tipping_map(
        scenario, "norms.leader_weight", "norms.conformity", "injunctive_norm",
        y_range=(1.0, 3.0), seeds=2, weeks=100, points=36, depth=1,
    )  # fmt: skip


def along(found, start, conformity):
    """Mean approval at one conformity from one start."""
    rows = found.points[(found.points["start"] == start) & np.isclose(found.points["y"], conformity)]
    return rows["injunctive_norm"]


def test_where_conformity_is_weak_the_start_is_forgotten(mapped):
    for conformity in (1.0, 1.5):
        (theory,) = settled_states(conformity)
        for start in STARTS:
            assert along(mapped, start, conformity).mean() == pytest.approx(theory, abs=0.06)


def test_where_conformity_is_strong_the_start_decides(mapped):
    silent, _, open_ = settled_states(3.0)
    absent, present = (along(mapped, start, 3.0) for start in STARTS)
    assert absent.mean() == pytest.approx(silent, abs=0.15)
    assert present.mean() == pytest.approx(open_, abs=0.12)
    assert absent.max() < 0.0 < present.min()


def test_the_tipping_line_lies_where_the_second_state_appears(mapped):
    appears = optimize.bisect(lambda c: len(settled_states(c)) - 2, 1.5, 3.0, xtol=0.01)
    (line,) = mapped.surfaces["present"].lines
    found = mapped.y.low + line[:, 1] * (mapped.y.high - mapped.y.low)
    assert found == pytest.approx(np.full(len(found), appears), abs=0.25)
    assert appears > 2.0  # not at the middle of the map, where a line drawn by nothing would lie
    assert np.ptp(found) < 0.3  # leaders who are not there change nothing
    assert mapped.areas["from_absent"]["value"] < 0.05
    assert mapped.areas["start_decides"]["value"] == pytest.approx((3.0 - appears) / 2.0, abs=0.12)


def test_points_stand_closer_at_the_line(mapped):
    rows = mapped.points.groupby("y")["x"].nunique()
    appears = mapped.y.low + mapped.surfaces["present"].lines[0][:, 1].mean() * (mapped.y.high - mapped.y.low)
    near = rows[np.abs(rows.index - appears) < 0.3]
    assert near.max() > rows.iloc[0]
