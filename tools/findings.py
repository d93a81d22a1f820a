"""Write docs/findings.md and its figures: what the model says of the question itself, over the shipped posterior.

Run by `make findings`. What was lived is kept in results/findings, and read again as long as engine, posterior and
experiments are the same; `--fresh` lives everything anew.
"""
# ruff: noqa: E501  the paragraphs of the page stand here as they will stand there

import argparse
import hashlib
import inspect
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import compiled, drawing, posterior, style
from sim.exploring import starts
from sim.population import World
from sim.scenario import override, resolve
from sim.schema import Scenario
from sim.sweeps.living import measured

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "results" / "findings"
PAGE = ROOT / "docs" / "findings.md"
FIGURES = ROOT / "docs" / "figures"
DRAWS = 256  # parameter draws, each with a seed of its own
YEARS = 5
WEEKS = 52 * YEARS
AT = (26, 52, 104, WEEKS)
MEASURES = ("sought_in_time", "descriptive_norm", "injunctive_norm", "in_need", "self_stigma", "norm", "wait")
APART = 0.2  # in perceived approval (-1 to 1): beyond it, two ends are two states
LEVERS = (  # plans beside usual; + joins
    "cohesion_training",
    "peer_leaders",
    "leader_disclosure",
    "leader_training",
    "stigma_contact",
    "norm_feedback",
    "awareness_campaign",
    "gatekeeper_training",
    "peer_support",
    "capacity",
    "peer_leaders+leader_disclosure",
    "peer_leaders+leader_disclosure+cohesion_training+capacity",
)
BRIGADE = {"setting.people": 1536}  # twelve companies: few people are in need in any one week
LONG = {"peer_leaders.length": 104, "leader_disclosure.length": 104}


def drawn(scenario: Scenario, seed: int, fixed: dict[str, float] | None = None) -> Scenario:
    """The scenario under the parameters that go with a seed, some of them fixed."""
    values = posterior.draws(scenario, [seed])[0] | (fixed or {})
    return scenario.model_copy(update={"parameters": {**scenario.parameters, **values}})


def lived(scenarios: list[Scenario], seeds: list[int], at: tuple[int, ...] = AT, begin=None) -> pd.DataFrame:
    """The measures of each world."""
    worlds = [World(scenario, seed) for scenario, seed in zip(scenarios, seeds, strict=True)]
    found = measured(worlds, MEASURES, at, begin=begin)
    if found.failures:
        raise SystemExit(f"{len(found.failures)} worlds failed: {next(iter(found.failures.values()))}")
    return pd.DataFrame(found.values)


def base(setting: str, plan: str = "usual", **changes: object) -> Scenario:
    """A setting under a plan for the years of this page."""
    return override(resolve(setting, plan.split("+")), {"weeks": WEEKS, **changes})


# --- what is lived ----------------------------------------------------------------------------------------------------


def two_states() -> pd.DataFrame:
    """Each draw from two starts, norm absent and present, with either form of influence."""
    scenario = base("workplace")
    rows = []
    for form in (0.0, 1.0):
        worlds, seeds, begins, keys = [], [], {}, []
        for seed in range(1, DRAWS + 1):
            fixed = {"norms.influence_form": form}
            for start, each in starts.both(drawn(scenario, seed, fixed)).items():
                worlds.append(each)
                seeds.append(seed)
                begins[id(each)] = start
                taken_in = each.parameters["norms.internalised_share"] * each.parameters["norms.internalised_strength"]
                keys.append((form, seed, start, each.parameters["norms.conformity"], taken_in))
        found = lived(worlds, seeds, begin=starts.begin(begins))
        rows.append(
            pd.concat([pd.DataFrame(keys, columns=["form", "seed", "start", "conformity", "taken_in"]), found], axis=1)
        )
    return pd.concat(rows, ignore_index=True)


def levers() -> pd.DataFrame:
    """Each plan against usual, on the same draws and seeds."""
    scenarios = {plan: base("military_unit", plan, **BRIGADE) for plan in ("usual", *LEVERS)}
    both = "peer_leaders+leader_disclosure"
    scenarios["two years of " + both] = base("military_unit", both, **BRIGADE, **LONG)
    return compared(scenarios)


def places() -> pd.DataFrame:
    """A campaign, places, and both, in a town."""
    plans = ("usual", "awareness_campaign", "capacity", "awareness_campaign+capacity")
    size = {"setting.people": 1500}
    lasting = {"awareness_campaign.length": WEEKS}
    made = {plan: base("town", plan, **size, **(lasting if "campaign" in plan else {})) for plan in plans}
    return compared(made)


def silence() -> pd.DataFrame:
    """Cohesion without talk, where people usually hear silence and where they do not."""
    quiet = {
        "plans.cohesion_training.length": WEEKS,
        "plans.cohesion_training.speaking": 0.0,
        "plans.cohesion_training.helper_skill": 0.0,
    }
    made = []
    for name, approval in (("silent", -0.75), ("middling", -0.4), ("open", -0.05)):
        scenarios = {
            f"{name} usual": base("military_unit", **BRIGADE),
            f"{name} cohesive": base("military_unit", "cohesion_training", **BRIGADE, **quiet),
        }
        made.append(compared(scenarios, {"norms.usual_approval": approval}).assign(place=name))
    return pd.concat(made, ignore_index=True)


def compared(scenarios: dict[str, Scenario], fixed: dict[str, float] | None = None) -> pd.DataFrame:
    """Scenarios of one setting on the same draws and seeds."""
    worlds, seeds, keys = [], [], []
    for seed in range(1, DRAWS + 1):
        for label, scenario in scenarios.items():
            worlds.append(drawn(scenario, seed, fixed))
            seeds.append(seed)
            keys.append((label, seed))
    return pd.concat([pd.DataFrame(keys, columns=["label", "seed"]), lived(worlds, seeds)], axis=1)


EXPERIMENTS: dict[str, Callable[[], pd.DataFrame]] = {
    "two_states": two_states,
    "levers": levers,
    "places": places,
    "silence": silence,
}


def key() -> str:
    """What the stored results depend on."""
    parts = [compiled.source_digest().encode(), posterior.POSTERIOR_FILE.read_bytes()]
    lived_by = (*EXPERIMENTS.values(), drawn, lived, base, compared)
    parts += [inspect.getsource(each).encode() for each in lived_by]
    parts.append(repr((DRAWS, WEEKS, AT, MEASURES, LEVERS, LONG, BRIGADE)).encode())
    parts += [file.read_bytes() for file in sorted((ROOT / "scenarios").rglob("*.yaml"))]
    parts.append((ROOT / "sim" / "parameters.yaml").read_bytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def results(fresh: bool) -> dict[str, pd.DataFrame]:
    """Every experiment's table, stored or fresh."""
    folder = KEPT / key()
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, live in EXPERIMENTS.items():
        file = folder / f"{name}.parquet"
        if fresh or not file.exists():
            print(f"living {name}", file=sys.stderr, flush=True)
            table = live()
            unfinished = file.with_suffix(".tmp")
            table.to_parquet(unfinished, index=False)
            unfinished.replace(file)
        found[name] = pd.read_parquet(file)
    return found


# --- what it comes to -------------------------------------------------------------------------------------------------


def differences(table: pd.DataFrame, label: str, base_label: str, column: str) -> np.ndarray:
    """A measure under one label less that under another, seed by seed."""
    wide = table.pivot(index="seed", columns="label", values=column)
    return (wide[label] - wide[base_label]).to_numpy(float)


def told(values: np.ndarray, factor: float = 100.0, unit: str = "points") -> str:
    """Median and central 95% of draws, in words."""
    low, middle, high = np.nanquantile(values, [0.025, 0.5, 0.975]) * factor
    digits = 1 if factor > 1 or unit == "weeks" else 2
    return f"{middle:+.{digits}f}{unit and ' ' + unit} ({low:+.{digits}f} to {high:+.{digits}f})"


def share_of(values: np.ndarray) -> str:
    """A share of draws with its Monte-Carlo error."""
    share = float(np.mean(values))
    return f"{share:.0%} (of {len(values)} draws; standard error {np.sqrt(share * (1 - share) / len(values)):.0%})"


def split(table: pd.DataFrame, form: float, week: int = WEEKS) -> pd.DataFrame:
    """For each draw how far apart the two starts end."""
    part = table[table["form"] == form]
    wide = part.pivot(index=["seed", "conformity", "taken_in"], columns="start", values=f"week{week}_injunctive_norm")
    return (wide["present"] - wide["absent"]).rename("apart").reset_index()


def forms() -> pd.DataFrame:
    """Peer leaders and leaders' disclosure under either form of influence."""
    scenarios = {
        "usual": base("military_unit", **BRIGADE),
        "visible": base("military_unit", "peer_leaders+leader_disclosure", **BRIGADE),
    }
    made = [compared(scenarios, {"norms.influence_form": form}).assign(form=form) for form in (0.0, 1.0)]
    return pd.concat(made, ignore_index=True)


EXPERIMENTS["forms"] = forms


# --- figures ----------------------------------------------------------------------------------------------------------


def figure_states(table: pd.DataFrame) -> None:
    """How far apart the two starts end, by conformity."""
    figure, axes = drawing.sheet(1, 2, 3.4)
    for panel, form, title in zip(axes, (0.0, 1.0), ("Threshold form", "Count form"), strict=True):
        found = split(table, form)
        two = found["apart"] > APART
        for part, colour in ((found[~two], style.PAPER), (found[two], style.PRIVATE)):
            dot = {"marker": "o", "markersize": 4, "markerfacecolor": colour, "markeredgecolor": style.PRIVATE}
            panel.plot(part["conformity"], part["apart"], linestyle="none", markeredgewidth=0.9, **dot)
        panel.axhline(APART, color=style.QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        drawing.frame(panel, "approval heard: norm present less absent", "conformity")
        panel.set_title(title, **drawing.TITLE)
    drawing.foot(figure, f"Workplace, {YEARS} years after the start; each dot one draw. Filled: two states (above .2).")
    keep(figure, "findings_states")


def figure_levers(table: pd.DataFrame) -> None:
    """What each plan does to seeking help in time, early and late."""
    labels = [label for label in table["label"].unique() if label != "usual"]
    figure, axes = drawing.sheet(1, 2, 0.33 * len(labels) + 1.1)
    for panel, week in zip(axes, (26, WEEKS), strict=True):
        for place, label in enumerate(labels):
            values = 100 * differences(table, label, "usual", f"week{week}_sought_in_time")
            low, middle, high = np.nanquantile(values, [0.025, 0.5, 0.975])
            panel.plot([low, high], [place, place], color=style.PRIVATE, linewidth=1.4)
            panel.plot([middle], [place], marker="o", color=style.PRIVATE, markersize=5, linestyle="none")
        panel.axvline(0, color=style.INK, linewidth=0.8)
        panel.set_ylim(len(labels) - 0.5, -0.5)
        panel.set_yticks(range(len(labels)), [named(label) for label in labels] if week == 26 else [""] * len(labels))
        panel.tick_params(colors=style.QUIET, length=0, labelsize=7.5)
        for side in ("top", "right", "left"):
            panel.spines[side].set_visible(False)
        panel.set_xlabel("points, against usual", color=style.QUIET)
        panel.set_title("Half a year on" if week == 26 else f"{YEARS} years on", **drawing.TITLE)
    drawing.foot(
        figure, "Share of those in need who ask within 13 weeks: median and 95% of draws (luck and parameters)."
    )
    keep(figure, "findings_levers")


def keep(figure: "Figure", name: str) -> None:
    """Write a figure for the page, which shows the SVG."""
    for file in drawing.save(figure, FIGURES / name):
        if file.suffix == ".png":
            file.unlink()


def named(label: str) -> str:
    """A plan's name to read."""
    words = label.replace("peer_leaders+leader_disclosure", "peers and leaders speak")
    return drawing.wrap(words.replace("_", " ").replace("+", " + "), 24)


# --- the page ---------------------------------------------------------------------------------------------------------


def page(found: dict[str, pd.DataFrame]) -> str:
    """The findings as Markdown."""
    sections = (states, which, lasting, counted_or_not, campaign, quiet_cohesion, inconvenient)
    body = "\n\n".join(section(found) for section in sections)
    return f"""# What follows for the question itself

*When does seeking help become normal in a community, and what makes it so?* What the model says, made by `make findings`
from {DRAWS} draws of the fitted parameters, each with a seed of its own. Every interval is the central 95% of these draws, so it
holds luck and parameters, and not the doubt about the model's form. Differences are paired: the same people, the same luck.
Each claim says what it rests on: **data** (it would change if the fitted facts were others) or **assumption** (it follows
from a part of the model that no datum here has touched). None of it is a prediction for any real place or person.

{body}
"""


def states(found: dict[str, pd.DataFrame]) -> str:
    """Whether there are two stable states."""
    table = found["two_states"]
    lines = ["| conformity | approval hardly taken in | approval taken in more |", "| --- | --- | --- |"]
    both = [split(table, form) for form in (0.0, 1.0)]
    middle = both[0]["taken_in"].median()
    for low, high in pairwise((0.0, 1.0, 2.0, 3.6)):
        here = both[0][(both[0]["conformity"] >= low) & (both[0]["conformity"] < high)]
        parts = [here[here["taken_in"] <= middle], here[here["taken_in"] > middle]]
        shares = [f"{(part['apart'] > APART).sum()} of {len(part)}" if len(part) else "none drawn" for part in parts]
        lines.append(f"| {low:g} to {high:g} | {shares[0]} | {shares[1]} |")
    shares = [share_of((each["apart"] > APART).to_numpy()) for each in both]
    norm = table[(table["start"] == "present") & (table["form"] == 0.0)]["norm"].dropna()
    kept = f"{norm.mean():.0%}" if len(norm) else "none"
    return f"""## 1. Are there two stable states?

Each draw was lived twice from the same week 0: once with beliefs that help-seeking is approved and usual, once with the
opposite. {YEARS} years later the two are still apart (more than {APART} on the scale of approval, which runs from -1 to 1) in
{shares[0]} under the threshold form, and in {shares[1]} under the count form. Where they are not, the community has
forgotten where it began.

Draws with two states, threshold form, by conformity (how strongly people speak as they hear others speak) and by how much of what
they hear they take in as their own view (below or above {middle:.2f}, the median of share times strength):

{chr(10).join(lines)}

Of the communities that began with the norm, {kept} met the whole norm criterion at the end. **Assumption:** no figure
of either feedback was found. Conformity was narrowed ([calibration.md](calibration.md)) by usual life having to stay usual, which
is itself assumed; the literature on tipping points supports 0 to 2.

![How far apart two beginnings end, by conformity](figures/findings_states.svg)"""


def which(found: dict[str, pd.DataFrame]) -> str:
    """Which levers move seeking help."""
    table = found["levers"]
    lines = [
        "| plan | asks in time, week 26 | week 104 | week 260 | approval heard, week 260 | norm met |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for label in [each for each in table["label"].unique() if each != "usual"]:
        cells = [told(differences(table, label, "usual", f"week{w}_sought_in_time")) for w in (26, 104, WEEKS)]
        cells.append(told(differences(table, label, "usual", f"week{WEEKS}_injunctive_norm"), 1.0, ""))
        met = table[table["label"] == label]["norm"].dropna()
        cells.append(f"{met.mean():.0%}" if len(met) else "cannot be told")
        lines.append(f"| {named(label).replace(chr(10), ' ')} | " + " | ".join(cells) + " |")
    usual = table[table["label"] == "usual"][f"week{WEEKS}_sought_in_time"]
    return f"""## 2. Which levers move it?

A military unit of 1,536 people, {YEARS} years, every plan as shipped and begun in week 1. Under *usual*, {usual.median():.0%}
({usual.quantile(0.025):.0%} to {usual.quantile(0.975):.0%}) of those in need ask someone within 13 weeks. The table has the
difference from that, in percentage points.

{chr(10).join(lines)}

**Data** hold the usual level, how much more an encouraged person asks, and what stigma and training do to scores. **Assumption:**
how strong each plan is (most amounts are assumed; see [evidence.md](evidence.md)), so the order of plans is not a ranking to act on.

![What each plan does to seeking help in time](figures/findings_levers.svg)"""


def lasting(found: dict[str, pd.DataFrame]) -> str:
    """Whether it lasts."""
    table = found["levers"]
    label = "two years of peer_leaders+leader_disclosure"
    early = differences(table, label, "usual", "week104_sought_in_time")
    late = differences(table, label, "usual", f"week{WEEKS}_sought_in_time")
    heard = [differences(table, label, "usual", f"week{w}_injunctive_norm") for w in (104, WEEKS)]
    kept = heard[1] > 0.5 * heard[0]
    return f"""## 3. Does it last after the lever stops?

Peer leaders and leaders who speak of their own experience, kept up for two years and then stopped. At the end of the two years
{told(early)} more of those in need ask in time; three years later {told(late)}. What people hear of others' approval is higher by
{told(heard[0], 1.0, "")} at the end of the effort and by {told(heard[1], 1.0, "")} three years on; more than half of that gain is left in
{share_of(kept)}. **Assumption:** memory and how fast beliefs move were not touched by the data, conformity only
by usual life having to stay usual."""


def counted_or_not(found: dict[str, pd.DataFrame]) -> str:
    """Threshold or count form."""
    rows = []
    for form, name in ((0.0, "threshold"), (1.0, "count")):
        part = found["forms"][found["forms"]["form"] == form]
        rows.append(f"{name} form {told(differences(part, 'visible', 'usual', 'week26_sought_in_time'))}")
    return f"""## 4. A threshold, or a count?

What others are seen to do can weigh by the share who do it (threshold form) or by having seen one or several (count form). Peer
leaders and speaking leaders change asking in time after half a year by: {rows[0]}; {rows[1]}. **Assumption:** the one large study
of treated class-mates supports a weak count effect; the threshold form's strength is a range."""


def campaign(found: dict[str, pd.DataFrame]) -> str:
    """A campaign with and without places."""
    table = found["places"]
    lines = ["| plan | asks in time, week 104 | expected wait, week 104 |", "| --- | --- | --- |"]
    for label in [each for each in table["label"].unique() if each != "usual"]:
        asked = told(differences(table, label, "usual", "week104_sought_in_time"))
        wait = told(differences(table, label, "usual", "week104_wait"), 1.0, "weeks")
        lines.append(f"| {label.replace('_', ' ').replace('+', ' + ')} | {asked} | {wait} |")
    longer = differences(table, "awareness_campaign", "usual", "week104_wait") > 0
    return f"""## 5. A campaign with no places to go

A town of 1,500 with a campaign that never ends, half as many places again, or both.

{chr(10).join(lines)}

The campaign alone lengthens the wait in {share_of(longer)}. **Data:** odds of attending fall about 5% for each week of waiting.
**Assumption:** the campaign's own effect, taken from associations and so an upper bound."""


def quiet_cohesion(found: dict[str, pd.DataFrame]) -> str:
    """When cohesion harms."""
    table = found["silence"]
    lines = ["| what is usually heard | asks in time, week 104 | approval heard, week 104 | in need, week 104 |"]
    lines.append("| --- | --- | --- | --- |")
    harmed = {}
    for place in ("silent", "middling", "open"):
        part = table[table["place"] == place]
        pair = (f"{place} cohesive", f"{place} usual")
        asked = differences(part, *pair, "week104_sought_in_time")
        heard = differences(part, *pair, "week104_injunctive_norm")
        need = differences(part, *pair, "week104_in_need")
        harmed[place] = asked < 0
        lines.append(f"| {place} | {told(asked)} | {told(heard, 1.0, '')} | {told(need)} |")
    return f"""## 6. When does cohesion harm?

Cohesion kept up for good, without any talk of seeking help and without better answers, in units that usually hear silence
(approval -.75), something between, and openness (-.05).

{chr(10).join(lines)}

Fewer ask in time under cohesion in {share_of(harmed["silent"])} where it is silent, and in {share_of(harmed["open"])} where it is open.
**Data:** that cohesion lowers distress (the trial, and surveys of soldiers). **Assumption:** that it makes seeking more visible and
answers kinder. The trap of theory, that a cohesive silent group misjudges itself for longer, is looked for in
[validation.md](validation.md), under theory."""


def inconvenient(found: dict[str, pd.DataFrame]) -> str:
    """What does not fit a hopeful story."""
    table = found["levers"]
    norms = table.groupby("label")["norm"].mean()
    best = norms.drop("usual", errors="ignore").max()
    cohesion = differences(table, "cohesion_training", "usual", "week104_sought_in_time")
    feedback = differences(table, "norm_feedback", "usual", "week26_sought_in_time")
    return f"""## 7. Null and inconvenient findings

- No plan made help-seeking a norm by the criterion in more than {best:.0%} of draws; under *usual* it was
  {norms.get("usual", float("nan")):.0%}.
- Cohesion training changes asking in time two years on by {told(cohesion)}. That is the model's hypothesis at work: no
  published effect of cohesion training on help-seeking was found.
- Correcting beliefs alone changes asking in time after half a year by {told(feedback)}; the one trial found no effect on
  behaviour.
- Misses of the model itself are listed in [validation.md](validation.md); what follows here inherits them."""


def main() -> None:
    """Live what is missing, and write page and figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="live everything anew")
    found = results(parser.parse_args().fresh)
    FIGURES.mkdir(exist_ok=True)
    figure_states(found["two_states"])
    figure_levers(found["levers"])
    PAGE.write_text(page(found), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}; stored: {(KEPT / key()).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
