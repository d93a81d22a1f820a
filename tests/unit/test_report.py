"""The page: whole in one file, safe with any text, readable by anyone, and honest about what it rests on."""

import itertools
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
import tiny

from sim import answers, claims, markup, plots, report, study, wording
from sim.scenario import override, resolve


class Reader(HTMLParser):
    """A page taken apart."""

    VOID = ("meta", "img", "br", "link", "input")

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text, self.headings = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings.append((int(self.open[-1][1]), data.strip()))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def made(results, folder, command=None):
    folder.mkdir(exist_ok=True)
    drawn = plots.every(results)
    for each in drawn:
        plots.save(each.figure, folder / each.name)
    return report.page(results, drawn, folder, command)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    command = "helpseek compare secondary_school --plans usual 'a & <b>'"
    return made(tiny.compared(), tmp_path_factory.mktemp("page"), command)


@pytest.fixture(scope="module")
def page(text):
    return Reader(text)


# One file, safe


def test_nothing_is_loaded_from_anywhere(text, page):
    assert "<script" not in text
    assert not re.search(r"""(src|srcset|data|poster)\s*=\s*["']?\s*(https?:)?//""", text)
    assert not re.search(r"url\(|@import", text)
    assert page.all("link") == page.all("iframe") == page.all("object") == []
    for image in page.all("img"):
        assert image["src"].startswith("data:image/svg+xml;base64,")
    assert [a["href"] for a in page.all("a")] == ["https://findahelpline.com"]


def test_tags_are_closed_in_order(page):
    assert page.open == []


def test_no_placeholder_is_left(text):
    assert not re.search(r"\$[a-z]", text)


def test_all_text_is_escaped(tmp_path):
    evil = "<script>alert('x')</script> & \"quotes\" $title"
    setting = tmp_path / "evil.yaml"
    setting.write_text(
        f"kind: setting\nextends: secondary_school\ntitle: '{evil.replace(chr(39), chr(39) * 2)}'\n"
        f"description: '{evil.replace(chr(39), chr(39) * 2)}'\n",
        encoding="utf-8",
    )
    scenario = override(resolve(setting, ["usual"], people=160), tiny.SHORT)
    results = study.run([scenario, scenario], 2, labels=["usual", "<img src=x onerror=y>"])
    found = made(results, tmp_path / "figures", f"helpseek run '{evil}'")
    assert "<script" not in found
    assert "<img src=x" not in found
    assert "&lt;script&gt;alert(" in found
    assert Reader(found).open == []


# For every reader


def test_language_title_and_headings(page):
    assert page.all("html")[0]["lang"] == "en"
    assert "against usual" in page.words
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_every_figure_has_words(page):
    assert len(page.all("img")) == 5
    assert len(page.all("figcaption")) == 5
    for image in page.all("img"):
        assert len(image["alt"]) > 50


def test_every_table_has_a_caption_and_scopes(page):
    assert len(page.all("table")) == len(page.all("caption")) >= 4
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))


def test_dark_light_and_paper(text):
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert 'name="viewport"' in text


# Honest


def test_the_parts_that_a_decision_needs(page):
    headings = [text for _, text in page.headings]
    for wanted in (
        "The question",
        "The answer",
        "What the simulation shows",
        "The numbers",
        "How sure is this?",
        "What is calibrated, and what is assumed",
        "What must not be read into this",
        "How to repeat it",
    ):
        assert wanted in headings


def test_what_it_must_say(page):
    for wanted in (
        "95% intervals",
        "luck only",
        "likely to be larger; it is not in these intervals",
        "no medical advice",
        "nothing about any one person",
        "is a hypothesis",
        "local emergency number",
        "call or text 988",
        "findahelpline.com",
        "Whether help-seeking became a norm cannot be told",
        "(a threshold)",
        "helpseek compare secondary_school --plans usual 'a & <b>'",
        "helpseek verify FOLDER",
    ):
        assert wanted in page.words, wanted


def test_words_that_hurt_are_not_used(page):
    for word in ("commit suicide", "committed suicide", "crazy", "suffers from", "victim", "addict", "mentally ill"):
        assert word not in page.words.lower()


def test_the_grades_add_up():
    chosen = claims.used(tiny.compared())
    rows = re.findall(r'class="number">(\d+)</td>', claims.rests_on(tiny.compared()))
    assert sum(map(int, rows)) == len(chosen)
    assert {each.group for each in chosen} >= {"distress", "norms", "cohesion_training", "peer_leaders"}
    assert "telehealth" not in {each.group for each in chosen}


def test_the_hypothesis_is_named_only_where_it_bears():
    assert claims.COHESION.split(";")[0][:40] in claims.limits(tiny.compared())
    assert claims.COHESION[:40] not in claims.limits(tiny.alone())
    assert dict(answers.answers(tiny.compared())["cohesion_training"])["A hypothesis"] == answers.UNTESTED


# The answer


def test_the_answer_says_what_the_table_says():
    results = tiny.compared()
    found = dict(answers.answers(results)["cohesion_training"])
    table = wording.headline(results.differences(at="mean"))
    row = table[(table.label == "cohesion_training") & (table.measure == "cohesion")].iloc[0]
    assert row.low > 0
    assert f"{wording.plain(row.difference, 2)} higher" in found["Ties"]


def difference(measure, size, low, high, base):
    """A row as ``Results.differences`` has it."""
    row = {"measure": measure, "unit": wording.BY_NAME[measure].unit, "difference": size, "low": low, "high": high}
    return pd.Series(row | {"mean_base": base, "mean_plan": base + size})


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (difference("mean_distress", -0.001, -0.002, -0.0001, 3.761), True),  # 3.76 points, and 3.76
        (difference("mean_distress", -0.1, -0.2, -0.01, 3.76), False),
        (difference("elevated", 0.0001, 0.00005, 0.0002, 0.08811), True),
        (difference("elevated", 0.0001, -0.00005, 0.0002, 0.08811), False),  # no clear difference at all
    ],
)
def test_a_difference_that_does_not_show_is_next_to_none(row, wanted):
    assert wording.slight(row) is wanted


def test_what_is_next_to_nothing_is_not_called_clear():
    rows = [difference("mean_distress", -0.001, -0.002, -0.0001, 3.761), difference("elevated", 0.1, 0.05, 0.2, 0.2)]
    found = {"mean_distress": answers.SLIGHT, "elevated": "higher"}
    said = answers.theme_in_words(rows, found)
    assert said.startswith("Elevated distress 30.0% of people instead of 20.0%: 10.0 percentage points higher")
    assert "Next to no difference in mean distress (more than luck" in said
    lead = answers.lead(found | {"cohesion": answers.SLIGHT, "maturity": "unclear"}, "plan", "usual")
    assert "large one, to distress; next to no difference to ties; and no clear difference to seeking help." in lead
    assert (
        answers.lasting(found, pd.DataFrame(rows))
        == "In the last week the difference is still clear for elevated distress."
    )


def test_how_often_a_norm_came_about_stands_beside_how_often_it_did_anyway():
    norm = [True, False, True, False, False, False]
    totals = pd.DataFrame({"label": ["usual"] * 3 + ["plan"] * 3, "norm": norm, "norm_words": ""})
    results = type("Some", (), {"totals": totals})
    assert "in 0 of 3 runs (in 2 with “Usual”)." in answers.norm(results, "plan", "usual")
    assert answers.norm(results, "plan").endswith("in 0 of 3 runs.")


def test_numbers_in_a_table_of_texts_stay_in_one_piece():
    made = markup.table("costs", ("What", "Once", "Source"), [("One", "500.00", "an offer of 2026")], numbers=False)
    assert '<td class="figure">500.00</td>' in made
    assert "<td>an offer of 2026</td>" in made


def test_a_plan_that_reaches_nobody_changes_nothing():
    said = answers.answers(tiny.compared())["nobody"]
    assert [text for _, text in said] == ["Nothing at all differs from “Usual”: every number is the same."]


def test_one_seed_says_so(tmp_path):
    page = Reader(made(tiny.alone(), tmp_path / "one"))
    assert "one run of one seed" in page.words
    assert "did not become a norm" in page.words or "became a norm cannot be told" in page.words
    assert "Use more seeds" in page.words
    assert "hypothesis" not in page.words


def test_two_plans_on_one_seed_have_no_interval():
    said = dict(answers.answers(tiny.compared(1))["cohesion_training"])
    assert "cannot tell an effect from luck" in said[""]


@pytest.mark.parametrize(
    ("difference", "low", "high", "wanted"),
    [
        (1.0, 0.5, 1.5, "higher"),
        (-1.0, -1.5, -0.5, "lower"),
        (0.1, -0.5, 0.7, "unclear"),
        (0.0, 0.0, 0.0, "the same"),
        (1.0, float("nan"), float("nan"), "unknown"),
        (float("nan"), float("nan"), float("nan"), "unknown"),
    ],
)
def test_verdicts(difference, low, high, wanted):
    assert wording.verdict(difference, low, high) == wanted


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("mean_distress", (-0.3541, -0.39, -0.31), "−0.35 (−0.39 to −0.31)"),
        ("elevated", (0.0123, 0.0023, 0.0223), "+1.2 (0.2 to 2.2)"),
        ("injunctive_norm", (0.0004, -0.01, 0.0108), "0.000 (−0.010 to 0.011)"),
        ("mean_distress", (-0.0001, -0.004, 0.004), "0.00 (0.00 to 0.00)"),
        ("injunctive_norm", (0.0003, 0.0002, 0.0004), "+0.0003 (0.0002 to 0.0004)"),
        ("elevated", (-0.00043, -0.00065, -0.00021), "−0.04 (−0.07 to −0.02)"),
        ("elevated", (0.0000043, 0.0000021, 0.0000065), "+0.0004 (0.0002 to 0.0006)"),
        ("queue", (1234.5, 1000.0, 1469.0), "+1,234 (1,000 to 1,469)"),
        ("elevated", (0.05, float("nan"), float("nan")), "+5.0"),
        ("elevated", (float("nan"),) * 3, "–"),
    ],
)
def test_differences_in_figures(name, arguments, wanted):
    assert wording.change(name, *arguments) == wanted


def test_costs_that_nobody_filled_in_are_not_shown(tmp_path):
    assert "cost" not in set(wording.headline(tiny.compared().differences(at="mean")).measure)
    dear = tiny.scenario("peer_leaders", **{"peer_leaders.cost.fixed": 1000.0})
    results = study.run([tiny.scenario("usual"), dear], 2, labels=["usual", "dear"])
    row = wording.headline(results.differences(at="mean")).set_index("measure").loc["cost"]
    assert row.difference == 1000.0
    assert "1,000" in Reader(made(results, tmp_path / "dear")).words


def test_headlines_come_in_their_order():
    table = wording.headline(tiny.compared().differences(at="mean"))
    order = [wording.HEADLINE.index(name) for name in dict.fromkeys(table.measure)]
    assert order == sorted(order)
    assert len(order) >= 12


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("peer_leaders", "Peer leaders"),
        ("peer_leaders+stigma_contact", "Peer leaders + stigma contact"),
        ("plans/my_plan.yaml", "My plan"),
    ],
)
def test_titles(label, wanted):
    assert wording.title(label) == wanted
