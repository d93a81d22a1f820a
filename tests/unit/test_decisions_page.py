"""The page for those who decide, and tables for spreadsheets: whole, safe with any text, and plain about costs."""

import csv
import itertools
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
import tiny
from test_report import Reader

from sim import plots, study, style, wording
from sim.decisions import bill, board, equity, page, pictures, precise, pricing, sections, sheets
from sim.schema import Cost
from sim.wording import HOLDS

COSTS = {
    "cohesion_training": Cost(fixed=900.0, currency="EUR", source="our own offer"),
    "peer_leaders": Cost(per_person=9.0, currency="EUR"),
}


@pytest.fixture(scope="module")
def results():
    return tiny.compared(6)


@pytest.fixture(scope="module")
def text(results):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "every", lambda results: [])  # drawn and looked at in other tests
        return page.alone(results, COSTS)


@pytest.fixture
def quick(monkeypatch):
    """Pages without the figures that every result has, which take long to draw."""
    monkeypatch.setattr(plots, "every", lambda results: [])
    monkeypatch.setattr(page, "extra", lambda results, found, bill: [])


@pytest.fixture(scope="module")
def read(text):
    return Reader(text)


@pytest.fixture(scope="module")
def found(results):
    return sheets.tables(results, COSTS)


# The page


def test_the_page_is_one_whole_file(text, read):
    assert read.open == []
    assert "<script" not in text
    assert not re.search(r"""(src|srcset|data|poster)\s*=\s*["']?\s*(https?:)?//""", text)
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in read.all("img"))
    assert "@media print" in text


def test_it_has_what_a_board_asks(read):
    headings = [words for _, words in read.headings]
    for wanted in (
        "The question",
        "The answer",
        "Which plan is best?",
        "Who gains?",
        "What does it cost?",
        "What is calibrated, and what is assumed",
        "How to repeat it",
    ):
        assert wanted in headings, wanted
    for wanted in (
        "In short.",
        "For whom.",
        "At what cost.",
        "luck only",
        "no medical advice",
        "988",
        "findahelpline.com",
    ):
        assert wanted in read.words, wanted


def test_headings_go_down_one_step_at_a_time(read):
    levels = [level for level, _ in read.headings]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_costs_that_nobody_filled_in_are_said_to_be_missing_and_none_is_made_up(results, quick):
    said = Reader(page.alone(results)).words
    assert "nobody has filled in what Cohesion training and Peer leaders would cost" in said
    assert "Cost of one" not in said
    assert "kind: costs" in said


def test_filled_in_costs_bring_their_sources_and_figures(read):
    assert "our own offer" in read.words
    assert "filled in for this comparison, no source named" in read.words
    assert "Cost of one" in read.words
    assert len(read.all("img")) == 3


def test_a_single_run_has_a_page_too(quick):
    words = Reader(page.alone(tiny.alone(2))).words
    assert "Who gains?" not in words
    assert "nobody has filled in" in words.lower()


def test_one_seed_claims_nothing(quick):
    words = Reader(page.alone(tiny.compared(1))).words
    assert "A single seed cannot tell an effect from luck" in words
    assert "Which plan is best?" not in words


def test_text_from_users_is_escaped(tmp_path, quick):
    plans = [tiny.scenario("usual"), tiny.scenario("peer_leaders")]
    cost = Cost(fixed=1.0, source="<script>alert(1)</script>")
    results = study.run(plans, 2, labels=["usual", "<img src=x>"])
    made = page.alone(results, {"peer_leaders": cost})
    assert "<script" not in made
    assert "<img src=x" not in made
    assert "&lt;script&gt;" in made


# The answer in short


def test_the_best_is_named_only_if_it_stands_out(results, monkeypatch):
    said = board.best(results, "mean_distress")
    assert "Cohesion training" in said
    assert "lower is better" in said
    even = {("mean_distress", ""): dict.fromkeys(results.labels, 1 / 3)}
    monkeypatch.setattr(board.comparisons, "of_being_best", lambda *asked: even)
    assert "none of the three plans stands out" in board.best(results, "mean_distress")


def test_what_a_chance_holds_is_said(results):
    assert "luck only" in board.holds(results, "unmet_need")
    drawn = study.run([tiny.scenario("usual")] * 2, 2, labels=["a", "b"], draws=[{}, {}])
    assert "luck only" not in board.holds(drawn, "unmet_need")
    assert "“B” did better than “A” in 0 of 2" in board.holds(drawn, "unmet_need")
    assert HOLDS[drawn.uncertainty] in pictures_foot(drawn)


def pictures_foot(results):
    from sim import curves

    return curves.foot(results)


def test_harm_to_a_part_is_flagged_in_short_and_in_full(results):
    rows = equity.table(results).copy()
    mine = rows.label == "cohesion_training"
    rows.loc[mine & (rows.group == equity.EVERYONE), "verdict"] = equity.GAIN
    rows.loc[mine & (rows.group == "Isolated"), "verdict"] = equity.HARM
    rows.loc[mine & (rows.group == "Higher risk"), "verdict"] = equity.PERHAPS_HARM
    said = board.fairness(rows, results.labels)
    assert "clearly worse for isolated people" in said
    assert "may be worse for people at higher risk" in said
    row = rows[mine & (rows.group == "Isolated")].iloc[0]
    assert wording.change(row.measure, row.difference, row.low, row.high) in said
    assert board.MANY in said
    clear = rows.assign(verdict=rows.verdict.replace(equity.PERHAPS_HARM, equity.UNCLEAR))
    assert board.MANY not in board.fairness(clear, results.labels)
    flags = sections.flags(rows, results.labels)
    assert any("helps on the whole, but is worse" in each and "isolated" in each for each in flags)


def test_plans_that_do_not_differ_are_said_not_to():
    same = study.run([tiny.scenario("usual")] * 3, 3, labels=["a", "b", "c"])
    assert "the plans do not differ" in board.best(same, "unmet_need")


def test_the_precision_is_told():
    about = {
        "measure": "sought_in_time",
        "at": "mean",
        "wanted": 0.01,
        "first": 30,
        "needed": 140,
        "most": 500,
        "reached": True,
        "intervals": [{"label": "a", "difference": 0.02, "low": 0.011, "high": 0.029}],
    }
    said = precise.in_words(about)
    assert "±1 percentage point," in said
    assert "140 are needed in all" in said
    assert "+2.00 (1.10 to 2.90)" in said
    assert "In no seed" not in said
    never = {"label": "b", "difference": 0.0, "low": 0.0, "high": 0.0}
    assert "In no seed did “B” differ at all; up to about 2% of seeds still might." in precise.in_words(
        about | {"intervals": [*about["intervals"], never]}
    )


# Figures


def test_figures_name_their_units_and_say_what_they_hold(results):
    money = bill.drawn_up(results, COSTS)
    drawn = [
        pictures.likely_best(results),
        pictures.who_gains(results, equity.table(results)),
        pictures.money(results, money),
    ]
    for each in drawn:
        assert "luck only" in each.figure._supxlabel.get_text()
        assert all(panel.get_xlabel() for panel in each.figure.axes)
        assert len(each.alternative) > 50
    assert "EUR" in drawn[2].figure.axes[0].get_ylabel()


def test_chances_of_a_figure_fill_their_bar(results):
    panel = pictures.likely_best(results).figure.axes[0]
    ends = {}
    for bar in panel.patches:
        ends[bar.get_y()] = max(ends.get(bar.get_y(), 0.0), bar.get_x() + bar.get_width())
    assert list(ends.values()) == pytest.approx([100.0] * len(ends))
    assert len({bar.get_hatch() for bar in panel.patches}) == 3  # told apart without colour
    assert style.look(0).hatch != style.look(1).hatch


# Spreadsheets


def test_every_table_is_there(found):
    assert list(found) == [
        "about",
        "levels",
        "differences",
        "parts of the people",
        "who gains more",
        "cost of effects",
        "unit costs",
        "week by week",
        "numbers behind it",
    ]
    assert {"best", "seeds_needed", "better"} <= set(found["differences"])


def test_a_workbook_holds_texts_as_texts_and_no_formula(tmp_path, found):
    evil = ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "\t=1", "https://example.org", "12"]
    file = tmp_path / "a.xlsx"
    sheets.write_workbook({"evil": pd.DataFrame({"=head": evil, "number": range(7)}), **found}, file)
    with zipfile.ZipFile(file) as whole:
        names = [name for name in whole.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in whole.read(name) or b"hyperlink" in whole.read(name) for name in names)
    sheet = openpyxl.load_workbook(file)["evil"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == evil
    assert all(row[0].data_type == "s" and row[1].data_type == "n" for row in sheet.iter_rows(min_row=2))


def test_a_workbook_has_the_numbers_of_the_table(tmp_path, results, found):
    sheets.write_workbook(found, tmp_path / "a.xlsx")
    read = pd.read_excel(tmp_path / "a.xlsx", sheet_name="differences")
    wanted = results.differences(at="mean")
    assert read["difference"].iloc[: len(wanted)].to_numpy() == pytest.approx(
        wanted["difference"].to_numpy(), nan_ok=True
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1"])
def test_csv_cells_cannot_run(tmp_path, text):
    sheets.write_csv(pd.DataFrame({text: [text, "plain"], "n": [-1.5, np.nan]}), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        head, first, second = csv.reader(stream)
    assert head[0] == first[0] == f"'{text}".replace("\r", " ")
    assert first[1] == "-1.5"  # a number stays a number
    assert second == ["plain", ""]


def test_costs_of_two_currencies_are_no_bill(results):
    mixed = COSTS | {"peer_leaders": Cost(fixed=1.0, currency="USD")}
    with pytest.raises(Exception, match="currencies"):
        bill.drawn_up(results, mixed)
    assert pricing.currency(bill.drawn_up(results, COSTS).scenarios) == "EUR"
