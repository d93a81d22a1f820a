"""Studies whose seeds draw parameters: those of sim.posterior, kept with the store; and luck told from parameters."""

import json

import numpy as np
import pandas as pd
import pytest

from sim import posterior
from sim.errors import InputError
from sim.population import World
from sim.scenario import override, resolve
from sim.study import drawn
from sim.sweeps import Study, files, measured, pictures, shares
from sim.sweeps.crews import Alone, Pool
from sim.sweeps.draws import DRAW, Draws
from sim.sweeps.proving import prove
from sim.sweeps.running import run
from sim.sweeps.store import Store, opened
from sim.sweeps.workers import LocalWorkers

FEW = ["unmet_need", "asks"]
PLANS = ("usual", "peer_leaders")


def schools():
    short = {"setting.burn_in": 2, "weeks": 5}
    return {name: override(resolve("secondary_school", [name], people=160), short) for name in PLANS}


def study(**options):
    return Study(schools(), {"norms.conformity": [1, 2.5]}, **{"seeds": 4, "measures": FEW, "chunk": 5,
                                                               "uncertainty": "posterior"} | options)  # fmt: skip


def same_bytes(one, other):
    def found(folder):
        paths = [path for path in folder.rglob("*") if path.is_file() and "run" not in path.relative_to(folder).parts]
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}

    return found(one) == found(other)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = opened(tmp_path_factory.mktemp("draws") / "store", study())
    assert run(made, Alone(1)).well
    return made


def test_worlds_have_the_draw_of_their_seed_and_what_is_varied_stays(store):
    table = store.table()
    for row in table.itertuples():
        base = schools()[row.scenario]
        (draw,) = posterior.draws(base, [row.seed])
        varied = table.columns.get_loc("norms.conformity") + 1
        own = override(drawn(base, draw), {"norms.conformity": row[varied]})
        alone = measured([World(own, row.seed)], FEW)
        assert alone.values["unmet_need"][0] == row.unmet_need
        assert alone.values["asks"][0] == row.asks
    plain = study(uncertainty="none").table()
    assert not np.array_equal(plain["asks"], table["asks"])
    assert DRAW not in plain


def test_draws_stand_in_the_store_for_whoever_reads_it(store):
    table = store.table()
    found = pd.read_parquet(store.path / "draws.parquet")
    joined = table.merge(found, on=DRAW)
    base = schools()["usual"]
    for row in joined[joined["scenario"] == "usual"].to_dict("records"):
        (draw,) = posterior.draws(base, [row["seed"]])
        column = "secondary_school/seeking.leader_constant"
        assert row[column] == draw["seeking.leader_constant"]
    about = json.loads((store.path / "manifest.json").read_text())
    assert about["uncertainty"] == "luck and parameters"
    assert about["draws"]["rows"] == len(posterior.table()) == len(found)


def test_a_store_with_draws_is_the_same_bytes_from_workers_and_after_a_stop(store, tmp_path):
    with LocalWorkers(1) as workers:
        run(opened(tmp_path / "a", study()), Pool(workers))
    assert same_bytes(tmp_path / "a", store.path)
    (tmp_path / "a" / "chunks" / "000001.parquet").unlink()
    (tmp_path / "a" / "digests.json").unlink()
    again = Store.open(tmp_path / "a")
    assert not prove(again).whole
    assert run(again, Alone(2)).lived == 5
    assert same_bytes(tmp_path / "a", store.path)
    assert prove(Store.open(tmp_path / "a")).whole


def test_a_store_is_not_finished_with_another_posterior_but_can_be_proved(store, monkeypatch):
    other = posterior.table().copy()
    other["norms.conformity"] *= 0.5
    other["weight"] = other["weight"].to_numpy()[::-1]
    monkeypatch.setattr(posterior, "table", lambda: other)
    with pytest.raises(InputError, match="draws of the parameters are no longer"):
        run(Store.open(store.path), Alone(1))
    with pytest.raises(InputError, match="draws of the parameters are no longer"):
        opened(store.path, study())
    assert prove(Store.open(store.path)).whole


def test_changed_draws_are_noticed(store, tmp_path):
    made = opened(tmp_path / "s", study())
    run(made, Alone(1))
    file = made.path / "draws.parquet"
    content = pd.read_parquet(file)
    content.to_parquet(file, index=False, compression="gzip")
    with pytest.raises(InputError, match="not what the manifest says"):
        prove(Store.open(made.path))


def test_a_table_with_seeds_of_its_own_draws_by_them():
    points = pd.DataFrame({"seed": [3, 2**63, 5], "norms.conformity": [1, 2.5, 1]})
    found = Study(schools()["usual"], points, 1, FEW, uncertainty="posterior").table()
    rows = posterior.places(posterior.table()["weight"].to_numpy(), [3, 2**63, 5])
    assert found[DRAW].tolist() == rows.tolist()


def test_a_study_file_may_ask_for_draws_and_the_command_for_others(tmp_path):
    text = files.starter().replace("uncertainty: none", "uncertainty: posterior")
    (tmp_path / "mine.yaml").write_text(text)
    assert files.load(tmp_path / "mine.yaml").draws is not None
    assert files.load(tmp_path / "mine.yaml", "none").draws is None
    (tmp_path / "mine.yaml").write_text(text.replace("posterior", "prior"))
    with pytest.raises(InputError, match="line"):
        files.load(tmp_path / "mine.yaml")
    with pytest.raises(InputError, match="posterior"):
        study(uncertainty="postrior")


def test_figures_say_what_their_intervals_hold(store):
    for made, words in ((store.table(), "luck and parameters"), (study(uncertainty="none").table(), "luck only")):
        figure = pictures.along(made, "norms.conformity", ["unmet_need"])
        assert words in " ".join(text.get_text() for text in figure.findobj() if hasattr(text, "get_text"))


# Luck and parameters told apart


def table_of(luck, parameters, seeds=20_000, draws=60, points=2):
    """Seeds draw unevenly; an outcome is what its draw makes it, plus luck."""
    rng = np.random.default_rng(4)
    weights = rng.random(draws) ** 3
    rows = rng.choice(draws, seeds, p=weights / weights.sum())
    effect = rng.normal(0.0, parameters, (points, draws))
    values = [5.0 * k + effect[k][rows] + rng.normal(0.0, luck, seeds) for k in range(points)]
    parts = [pd.DataFrame({"scenario": "usual", "point": k, DRAW: rows, "x": x}) for k, x in enumerate(values)]
    return pd.concat(parts), np.mean([np.var(effect[k][rows]) for k in range(points)])


@pytest.mark.parametrize(("luck", "parameters"), [(1.0, 1.0), (0.3, 1.0), (1.0, 0.0)])
def test_lucks_share_is_told_from_seeds_that_share_a_draw(luck, parameters):
    table, between = table_of(luck, parameters)
    expected = luck**2 / (luck**2 + between)
    assert shares.share(table, "x") == pytest.approx(expected, abs=0.05)


def test_no_share_of_luck_is_given_where_it_cannot_be_told():
    table, _ = table_of(1.0, 1.0, seeds=20, draws=1000)
    assert np.isnan(shares.share(table, "x"))
    table, _ = table_of(1.0, 1.0, seeds=60, draws=1000, points=40)  # many points, but hardly a draw that is shared
    assert np.isnan(shares.share(table, "x"))
    assert np.isnan(shares.share(table.assign(x=1.0), "x"))
    found = shares.of_luck(table_of(1.0, 0.0, 500, 50)[0], ["x"])
    assert found["x"] > 0.9


def test_draws_that_a_study_varies_are_not_drawn():
    base = schools()["usual"]
    draws = Draws.of("posterior")
    assert "norms.conformity" in draws.columns(base, ())
    assert "norms.conformity" not in draws.columns(base, ("norms.conformity",))
    asked = override(base, {"norms.conformity": 2.0})
    assert "norms.conformity" not in draws.columns(asked, ())
