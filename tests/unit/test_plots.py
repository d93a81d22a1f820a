"""Figures: the same bytes every time, units on every axis, and colours that most eyes and a photocopier keep apart."""

import itertools
import math
import subprocess
import sys
import threading

import pytest
import tiny

from sim import curves, drawing, panels, plots, style, wording


def texts(figure):
    """All text in a figure."""
    from matplotlib.text import Text

    return [each.get_text() for each in figure.findobj(Text) if each.get_text()]


# What figures say


def test_a_comparison_has_its_figures_in_order():
    drawn = plots.every(tiny.compared())
    assert [each.name for each in drawn] == ["differences", "effects", "seeking", "norms", "distress"]
    for each in drawn:
        assert each.title
        assert each.caption.endswith(".")
        assert len(each.alternative) > 50


def test_a_single_plan_shows_its_course_instead():
    assert [each.name for each in plots.every(tiny.alone())] == ["course", "seeking", "norms", "distress"]


@pytest.mark.parametrize("make", [plots.differences, plots.effects, plots.seeking, plots.norms])
def test_every_figure_says_what_its_intervals_are(make):
    said = " ".join(texts(make(tiny.compared()).figure))
    assert "Secondary school, simulation, 4 seeds, 95% interval of the mean over seeds: luck only" in said
    assert "not parameter uncertainty" in said


def test_one_seed_claims_no_interval():
    said = " ".join(texts(plots.weekly(tiny.alone(), "mean_distress")))
    assert "1 seed: no interval" in said
    assert "luck only" not in said


@pytest.mark.parametrize("make", [plots.effects, plots.norms, plots.distress])
def test_every_panel_names_week_and_unit(make):
    for panel in make(tiny.compared()).figure.axes:
        assert panel.get_xlabel() == "week"
        assert panel.get_ylabel()


def test_every_measure_can_be_drawn_week_by_week():
    for measure in ("mean_distress", "nominations", "injunctive_norm", "queue"):
        axes = plots.weekly(tiny.compared(), measure).axes[0]
        assert axes.get_title(loc="left") == wording.said(measure).label
        assert axes.get_ylabel()
        assert len(axes.get_lines()) == 3


def test_differences_are_grouped_by_unit():
    table = wording.headline(tiny.compared().differences(at="mean"))
    for unit, names in curves.by_unit(table, list(dict.fromkeys(table.measure))).items():
        assert {wording.said(name).step for name in names} == {unit}
    labels = [panel.get_xlabel() for panel in plots.differences(tiny.compared()).figure.axes]
    assert len(set(labels)) == len(labels)
    assert "percentage points" in labels


def test_zero_is_in_the_middle_of_every_panel_of_differences():
    for panel in plots.differences(tiny.compared()).figure.axes:
        low, high = panel.get_xlim()
        assert low == pytest.approx(-high)


def test_small_differences_look_small():
    panel = plots.differences(tiny.compared(), measures=["reachable_friends"]).figure.axes[0]
    assert panel.get_xlim()[1] >= panels.LEAST["people"] / 2


def test_the_figure_shows_the_differences_of_the_results():
    results = tiny.compared()
    row = results.differences(at="mean", measures=["cohesion"]).iloc[0]
    panel = plots.differences(results, measures=["cohesion"]).figure.axes[0]
    points = [line for line in panel.get_lines() if line.get_label() == "Cohesion training"]
    assert points[0].get_xdata()[0] == pytest.approx(row.difference)


def test_a_band_is_the_interval_of_students_t():
    from scipy import stats

    results = tiny.compared()
    found = curves.band(results, "mean_distress", "usual").loc[5]
    weekly = results.weekly
    values = weekly[(weekly.label == "usual") & (weekly.week == 5)].mean_distress
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert (found["mean"], found["low"], found["high"]) == pytest.approx((values.mean(), low, high))


def test_an_effect_is_paired_by_seed():
    results = tiny.compared()
    last = results.differences(at="final", measures=["mean_distress"]).iloc[0]
    found = curves.band(results, "mean_distress", "cohesion_training", "usual").iloc[-1]
    assert (found["mean"], found["low"], found["high"]) == pytest.approx((last.difference, last.low, last.high))


def test_dates_come_from_the_scenarios():
    spans, events = curves.dates(tiny.compared(), "cohesion_training")
    assert spans == [(1, 4)]
    assert events == []
    assert curves.dates(tiny.compared(), "usual") == ([], [])


# Files


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    for turn in ("one", "two"):
        (tmp_path / turn).mkdir()
        for make in (plots.differences, plots.seeking, plots.distress):
            plots.save(make(tiny.compared()).figure, tmp_path / turn / make.__name__)
    first = sorted((tmp_path / "one").iterdir())
    assert [path.suffix for path in first].count(".png") == 3
    assert [path.suffix for path in first].count(".svg") == 3
    for path in first:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_files_hold_no_date_and_load_nothing(tmp_path):
    png, svg = plots.save(plots.weekly(tiny.alone(), "mean_distress"), tmp_path / "figure.of.dots")
    assert (png.name, svg.name) == ("figure.of.dots.png", "figure.of.dots.svg")
    assert b"Software" not in png.read_bytes()
    text = svg.read_text(encoding="utf-8")
    assert "<dc:date>" not in text
    assert 'href="http' not in text


def test_figures_can_be_drawn_in_several_threads():
    made, results = [], tiny.compared()

    def draw():
        made.append(plots.norms(results).name)

    threads = [threading.Thread(target=draw) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["norms"] * 3


def test_no_window_and_no_global_figures():
    source = "import sys, sim.plots, sim.drawing, sim.panels; drawn = sim.drawing.sheet(1, 1, 2.0); "
    source += "print('matplotlib.pyplot' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_settings_of_others_are_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    drawing.sheet(1, 1, 2.0)
    assert dict(matplotlib.rcParams) == before


# The palette


def linear(colour):
    """Red, green and blue as light, out of #rrggbb."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]


def lightness(colour):
    """L* of a colour, as a photocopier sees it."""
    y = sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))
    return 116 * (y ** (1 / 3) if y > 0.008856 else 7.787 * y + 16 / 116) - 16


# How colours look to eyes that lack one kind of cone (Viénot, Brettel and Mollon 1999, as in Machado 2009, severity 1)
EYES = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def lab(colour, eyes):
    """A colour as those eyes see it, in CIE L*a*b*."""
    seen = [max(0.0, sum(m * x for m, x in zip(row, linear(colour), strict=True))) for row in EYES[eyes]]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(m * x for m, x in zip(row, seen, strict=True)) for row in to_xyz]
    f = [
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (each / white for each, white in zip(xyz, (0.9505, 1.0, 1.089), strict=True))
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize(
    "colours",
    [tuple(style.DISTRESS.values()), tuple(style.SOURCES.values()), tuple(look.colour for look in style.PLANS[:4])],
)
def test_colours_that_stand_together_look_different(colours, eyes):
    for one, other in itertools.combinations(colours, 2):
        assert math.dist(lab(one, eyes), lab(other, eyes)) > 14, (one, other)


def test_red_and_green_of_equal_lightness_would_not_do():
    assert math.dist(lab("#c04040", "deuteranopia"), lab("#7a6a1f", "deuteranopia")) < 14


@pytest.mark.parametrize("colours", [tuple(style.DISTRESS.values()), tuple(style.SOURCES.values())])
def test_what_has_an_order_keeps_it_in_grey(colours):
    shades = [lightness(colour) for colour in colours]
    assert all(one - other > 9 for one, other in itertools.pairwise(shades))


def test_plans_differ_by_more_than_colour():
    looks = [style.look(place) for place in range(14)]
    assert len(set(looks)) == len(looks)
    for part in ("line", "marker", "hatch"):
        assert len({getattr(each, part) for each in looks[: len(style.PLANS)]}) == len(style.PLANS)


def test_text_can_be_read():
    white = lightness(style.PAPER)
    assert white - lightness(style.INK) > 70
    assert white - lightness(style.QUIET) > 50
