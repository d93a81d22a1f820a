"""The registry is complete, is what the code reads, and says no more than its sources do."""

import math
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.integrate import quad

from sim import params
from sim.calibration.targets import targets
from sim.params import ENTRY_KEYS, GRADES, KINDS, check_entry, references, registry, speaking_intercept

SOURCE = Path(params.__file__).parent
PROCESSES = ("distress", "seeking", "replies", "care", "norms", "bonds", "groups")
# The rule that says whether help-seeking is a norm is computed from finished runs, not in the kernels.
READ_LATER = {"norms.criterion_share", "norms.criterion_weeks"}
GOOD = {
    "label": "Label",
    "meaning": "What it is.",
    "value": 0.5,
    "unit": "share",
    "range": [0.0, 1.0],
    "kind": "uncertain",
    "source": "clement_2015",
    "evidence": "read",
    "why": "Because.",
}


def code() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py")}


# The file


def test_nothing_is_left_to_be_written():
    for path in (params.REGISTRY_FILE, params.REFERENCES_FILE):
        assert not re.search(r"to be written|TODO|FIXME|\?\?\?", path.read_text(encoding="utf-8"))


def test_each_entry_has_one_line_for_each_key_in_the_same_order():
    entries, keys = {}, None
    for line in params.REGISTRY_FILE.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"^  ([a-z0-9_]+):$", line):
            keys = entries.setdefault((len(entries), found[1]), [])
        elif found := re.match(r"^    ([a-z]+): \S", line):
            keys.append(found[1])
        else:
            assert re.match(r"^(#.*|[a-z_]+:)$", line), line
    assert len(entries) == len(registry())
    assert all(tuple(keys) == ENTRY_KEYS for keys in entries.values())


@pytest.mark.parametrize("each", registry().values(), ids=registry())
def test_an_entry_is_complete(each):
    assert each.low <= each.value <= each.high
    assert each.low < each.high
    assert each.kind in KINDS
    assert each.evidence in GRADES
    assert len(each.label) <= 48
    assert each.meaning.endswith(".")
    assert each.why.endswith(".")
    assert len(each.meaning) > 20
    assert each.evidence == "assumed" or each.sources


def test_labels_are_told_apart():
    labels = [each.label for each in registry().values()]
    assert len(set(labels)) == len(labels)


def test_names_stay_apart_as_fields():
    assert len(set(params.record_type().names)) == len(registry()) + len(params.DERIVED)


# The references


def test_every_reference_is_used_and_every_source_exists():
    cited = {key for each in registry().values() for key in each.sources}
    assert cited | {each.source for each in targets()} == set(references())


@pytest.mark.parametrize("each", references().values(), ids=references())
def test_a_reference_can_be_found_and_says_what_was_read(each):
    assert "read" in each.note
    assert each.doi or each.url or "not recorded" in each.note
    assert not each.doi or re.fullmatch(r"10\.\d{4,}/\S+", each.doi)
    assert not each.url or re.fullmatch(r"https?://\S+", each.url)
    assert each.year is None or 1950 <= each.year <= 2026
    assert each.note in str(each)


def test_references_stand_in_the_order_of_the_alphabet():
    assert list(references()) == sorted(references())


# What the texts must and must not claim


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("norms.conformity", "supports 0 to 2"),
        ("norms.threshold_mean", "not a fact"),
        ("stigma_contact.self_stigma", "no evidence of an effect on self-stigma"),
        ("stigma_education.self_stigma", "no evidence of an effect on self-stigma"),
        ("stigma_contact.self_stigma", "is an assumption"),
        ("stigma_education.self_stigma", "is an assumption"),
        ("cohesion_training.cohesion", "nor any effect on help-seeking"),
        ("cohesion_training.bonding", "hypothesis"),
        ("cohesion_training.speaking", "no published help-seeking effect of Wingman-Connect"),
        ("cohesion_training.helper_skill", "no published help-seeking effect of Wingman-Connect"),
        ("seeking.professional_encouraged", "191 students with suicidal ideation"),
        ("seeking.friend_campaign", "upper bound"),
        ("seeking.leader_campaign", "upper bound"),
        ("seeking.professional_campaign", "upper bound"),
        ("seeking.professional_stigma", "over-claims"),
        ("norm_feedback.approval", "help-seeking did not change"),
    ],
)
def test_warnings_stand_in_the_registry(name, words):
    assert words in registry()[name].why


def test_a_figure_that_was_not_seen_is_not_graded_read():
    for each in registry().values():
        if re.search(r"could not be (checked|confirmed)|recalled|No source|is assumed\.", each.why):
            assert each.evidence == "assumed", each.name
        if "second-hand" in each.why:
            assert each.evidence != "read", each.name


FIGURES = {
    "distress.contagion_ratio": 1.0,
    "seeking.professional_experience": math.log((0.334 / 0.666) / (0.207 / 0.793)),
    "seeking.friend_campaign": math.log(1.27),
    "seeking.leader_campaign": math.log(1.20),
    "seeking.professional_campaign": math.log(1.18),
    "care.attendance_wait": math.log(0.95),
    "care.attendance_sent": -math.log(3.46),
    "care.ending_chance": 1 / 5.61,
    "care.dropout": 0.197,
    "norms.count_one": math.log(1.09),
    "norms.count_several": math.log(1.18),
    "stigma_education.knowledge": 0.54,
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_value_still_follows_from_its_figure(name):
    assert registry()[name].evidence in ("read", "derived")
    assert registry()[name].value == pytest.approx(FIGURES[name], rel=0.05)


def test_every_value_graded_read_is_held_to_its_figure():
    assert {each.name for each in registry().values() if each.evidence == "read"} <= set(FIGURES)


# The code


def test_the_code_reads_no_parameter_that_does_not_exist():
    known = set(params.record_type().names)
    for file, text in code().items():
        read = set(re.findall(r"(?<![\w.])p\.((?:" + "|".join(PROCESSES) + r")_[a-z0-9_]+)", text))
        assert read <= known, (file, read - known)


def test_the_code_reads_every_parameter():
    text = "\n".join(code().values())
    words = set(re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)?", text.replace("p.", " ")))
    unread = {p.name for p in registry().values() if p.group in PROCESSES and not {p.field, p.name} & words}
    assert unread <= READ_LATER


def test_every_other_group_is_an_intervention_and_its_parameters_are_handles():
    from sim.interventions import HANDLES

    effects = [each for each in registry().values() if each.group not in PROCESSES]
    assert effects
    assert {each.name.split(".")[1] for each in effects} <= set(HANDLES)


def test_loading_needs_no_compiler():
    script = "import sys, sim.params as p; p.registry(); p.describe('norms.conformity'); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=SOURCE.parent)
    assert done.stdout.strip() == "False"


def test_loading_is_quick():
    def load() -> float:
        begun = time.process_time()
        registry.__wrapped__()
        references.__wrapped__()
        return time.process_time() - begun

    assert min(load() for _ in range(3)) < 0.06


def test_the_slow_loader_reads_the_same(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert registry.__wrapped__() == registry()


# What is refused


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("value", "1e-3"),
        ("value", True),
        ("value", float("nan")),
        ("value", 1.5),
        ("value", -0.1),
        ("value", None),
        ("range", [0.0, 1.0, 2.0]),
        ("range", "0 to 1"),
        ("range", [0.0, "1e0"]),
        ("kind", True),
        ("kind", "certain"),
        ("evidence", "guessed"),
        ("evidence", False),
        ("unit", False),
        ("label", ""),
        ("meaning", None),
        ("why", 3),
        ("source", "nobody_1900"),
        ("source", []),
        ("source", ["clement_2015", "clement_2015"]),
        ("source", ["clement_2015", "assumed"]),
    ],
)
def test_a_bad_entry_is_refused_by_name_and_key(key, given):
    with pytest.raises(ValueError, match=rf"group\.name: {key}:"):
        check_entry("group.name", GOOD | {key: given})


def test_a_good_entry_is_not_refused():
    each = check_entry("group.name", GOOD)
    assert (each.field, each.group, each.sources) == ("group_name", "group", ("clement_2015",))
    assert check_entry("group.name", GOOD | {"source": ["clement_2015", "nam_2018"]}).sources == (
        "clement_2015",
        "nam_2018",
    )
    assert check_entry("group.name", GOOD | {"source": "assumed", "evidence": "assumed"}).sources == ()


@pytest.mark.parametrize("key", ENTRY_KEYS)
def test_a_missing_key_is_refused(key):
    with pytest.raises(ValueError, match=rf"group\.name: {key}: is missing"):
        check_entry("group.name", {k: v for k, v in GOOD.items() if k != key})


def test_an_unknown_key_is_refused():
    with pytest.raises(ValueError, match=r"group\.name: reason:"):
        check_entry("group.name", GOOD | {"reason": "x"})


def test_a_value_without_a_source_cannot_be_more_than_assumed():
    with pytest.raises(ValueError, match=r"group\.name: evidence:"):
        check_entry("group.name", GOOD | {"source": "assumed"})


def test_a_key_given_twice_is_refused(tmp_path):
    file = tmp_path / "parameters.yaml"
    file.write_text("care:\n  open: 1\n  open: 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2: open: is given twice"):
        params.read(file)


def test_a_bad_reference_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "references.yaml"
    monkeypatch.setattr(params, "REFERENCES_FILE", file)
    for text, words in (
        ("a_2000:\n  note: read\n", "authors or a title"),
        ("a_2000:\n  title: T\n", "note: is missing"),
        ("a_2000:\n  title: T\n  note: read\n  year: '2000'\n", "year"),
        ("a_2000:\n  title: T\n  note: read\n  isbn: x\n", "isbn"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=f"a_2000: .*{words}"):
            references.__wrapped__()


# What is offered


def test_groups_hold_every_parameter_once_in_order():
    found = params.groups()
    assert [each for members in found.values() for each in members] == list(registry().values())
    assert all(each.group == group for group, members in found.items() for each in members)


def test_describe_tells_all():
    text = params.describe("norms.conformity")
    each = registry()["norms.conformity"]
    flat = " ".join(text.split())
    for part in (each.name, each.label, each.meaning, each.why, each.unit, f"{each.value:g}", f"{each.high:g}"):
        assert part in flat
    assert references()["centola_2018"].doi in flat
    assert max(map(len, text.splitlines())) <= 110
    assert "source: assumed" in params.describe("bonds.growth")


def test_every_parameter_can_be_described():
    assert all(params.describe(name).startswith(f"{name}: ") for name in registry())


@pytest.mark.parametrize("wrong", ["norms.conformty", "conformity", "norms_conformity", "Norms Conformity"])
def test_the_nearest_name_is_found(wrong):
    assert params.nearest(wrong)[0] == "norms.conformity"


def test_nothing_is_near_to_nonsense():
    assert params.nearest("zzzzzz") == []


def test_an_unknown_name_is_refused_with_the_nearest():
    for refuse in (params.describe, lambda name: params.record({name: 1.0})):
        with pytest.raises(KeyError, match=r"norms\.conformity"):
            refuse("norms.conformty")


def test_a_record_holds_the_defaults_and_what_overrides_them():
    usual, other = params.record({}), params.record({"norms.conformity": 2.0})
    for name, each in registry().items():
        assert usual[each.field] == each.value
        assert other[each.field] == (2.0 if name == "norms.conformity" else each.value)
    assert other["norms_speaking_intercept"] != usual["norms_speaking_intercept"]


# The one number that is worked out


def speaking_share(intercept: float, approval: float, stigma_weight: float, conformity: float) -> float:
    """Share of people who speak when all perceive ``approval``, by adaptive quadrature over the normal density."""

    def speaking(stigma: float) -> float:
        density = math.exp(-stigma * stigma / 2) / math.sqrt(2 * math.pi)
        return density / (1 + math.exp(-(intercept - stigma_weight * stigma + conformity * approval)))

    return quad(speaking, -12, 12, epsabs=1e-12)[0]


RULES = [(-0.5, 0.8, 1.5), (-0.8, 1.4, 3.5), (0.0, 0.2, 0.0), (-0.3, 0.8, 2.5), (-0.95, 0.5, 1.0)]


@pytest.mark.parametrize(("approval", "stigma_weight", "conformity"), RULES)
def test_the_usual_approval_is_a_settled_state(approval, stigma_weight, conformity):
    intercept = speaking_intercept(approval, stigma_weight, conformity)
    settled = 2 * speaking_share(intercept, approval, stigma_weight, conformity) - 1
    assert settled == pytest.approx(approval, abs=1e-6)


@pytest.mark.parametrize("error", [-0.01, 0.01])
@pytest.mark.parametrize(("approval", "stigma_weight", "conformity"), RULES)
def test_a_wrong_intercept_does_not_settle_there(approval, stigma_weight, conformity, error):
    intercept = speaking_intercept(approval, stigma_weight, conformity) + error
    settled = 2 * speaking_share(intercept, approval, stigma_weight, conformity) - 1
    assert settled != pytest.approx(approval, abs=1e-4)


def test_the_usual_approval_is_settled_in_a_crowd():
    usual = params.record({})
    stigma = np.random.default_rng(1).standard_normal(1_000_000)
    approval = usual["norms_usual_approval"]
    logit = (
        usual["norms_speaking_intercept"]
        - usual["norms_speaking_stigma"] * stigma
        + usual["norms_conformity"] * approval
    )
    share = np.mean(1 / (1 + np.exp(-logit)))
    assert 2 * share - 1 == pytest.approx(approval, abs=0.003)


def settled_approval(committed: float, conformity: float) -> float:
    """Where perceived approval ends, from the usual, if a share of people always speak (mean field)."""
    usual, weight = registry()["norms.usual_approval"].value, registry()["norms.speaking_stigma"].value
    intercept = speaking_intercept(usual, weight, conformity)
    approval = usual
    for _ in range(200):
        share = committed + (1 - committed) * speaking_share(intercept, approval, weight, conformity)
        approval += 0.5 * (2 * share - 1 - approval)
    return approval


@pytest.mark.parametrize(("conformity", "critical"), [(0.0, 0.33), (1.0, 0.24), (1.5, 0.18), (2.0, 0.10)])
def test_the_critical_share_of_speakers_is_what_the_registry_says(conformity, critical):
    assert f"{critical:.2f}".lstrip("0") in registry()["norms.conformity"].why
    assert settled_approval(critical - 0.015, conformity) < 0
    assert settled_approval(critical + 0.015, conformity) > 0


def test_silence_and_openness_are_both_settled_only_where_conformity_is_strong():
    usual, weight = registry()["norms.usual_approval"].value, registry()["norms.speaking_stigma"].value
    for conformity, states in ((1.5, 1), (2.3, 1), (2.5, 3), (3.5, 3)):
        intercept = speaking_intercept(usual, weight, conformity)
        grid = np.linspace(-0.999, 0.999, 400)
        drift = [2 * speaking_share(intercept, n, weight, conformity) - 1 - n for n in grid]
        assert np.count_nonzero(np.diff(np.sign(drift))) == states, conformity
