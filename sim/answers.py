"""The answer in words: what differs under a plan and how surely, what lasts, and what cannot be told."""

from typing import TYPE_CHECKING, Any

from sim import wording
from sim.wording import counted, joined, title

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Results

THEMES = {
    "Distress": ("mean_distress", "at_least_mild", "elevated"),
    "Seeking help": ("sought_in_time", "unmet_need", "formal_help", "maturity", "wait"),
    "Norms": ("descriptive_norm", "injunctive_norm", "expects_both", "self_stigma"),
    "Ties": ("cohesion", "reachable_friends"),
    "Cost": ("cost",),
}
UNTESTED = (
    "No published trial that could be found measured what cohesion training does to seeking help. What is said of "
    "seeking help and of norms follows from this model’s assumptions."
)
SLIGHT = "slight"  # clearly different, but by so little that it does not show
Answer = list[tuple[str, str]]  # a theme, or nothing, and what is said of it


def answers(results: "Results") -> dict[str, Answer]:
    """What is to be said of each plan other than the first; of the only one, if there is one."""
    if len(results.labels) == 1:
        return {results.labels[0]: described(results)}
    overall, last = (wording.headline(results.differences(at=at)) for at in ("mean", "final"))
    base, *others = results.labels
    return {
        label: compared(overall[overall.label == label], last[last.label == label], label, base, results)
        for label in others
    }


def compared(mine: "pd.DataFrame", last: "pd.DataFrame", label: str, base: str, results: "Results") -> Answer:
    """One plan against the first: in a sentence, by theme, and whether it lasts."""
    found = {row.measure: wording.verdict(row.difference, row.low, row.high) for row in mine.itertuples()}
    if set(found.values()) <= {"the same"}:
        return [("", f"Nothing at all differs from “{title(base)}”: every number is the same.")]
    if set(found.values()) <= {"the same", "unknown"}:
        return [("", "A single seed cannot tell an effect from luck. The differences stand below, without intervals.")]
    found |= {row.measure: SLIGHT for row in mine.itertuples() if wording.slight(row)}
    made = [("", f"{lead(found, label, base)} {norm(results, label, base)} Numbers in brackets are 95% intervals.")]
    rows = {row.measure: row for row in mine.itertuples()}
    for theme, measures in THEMES.items():
        if said := theme_in_words([rows[name] for name in measures if name in rows], found):
            made.append((theme, said))
    made += [("A hypothesis", UNTESTED)] if "cohesion_training" in kinds_of(results, label) else []
    made += [("Does it last?", lasting(found, last))] if lasting(found, last) else []
    return [*made, *([("How sure?", by_luck(found))] if by_luck(found) else [])]


def kinds_of(results: "Results", label: str) -> set[str]:
    """The kinds of interventions in a plan."""
    scenario = dict(zip(results.labels, results.scenarios, strict=True))[label]
    return {item.kind for item in scenario.interventions.values()}


def lead(found: dict[str, str], label: str, base: str) -> str:
    """In which fields a plan makes a clear difference, and in which none."""
    clear: list[str] = []
    little: list[str] = []
    none: list[str] = []
    for theme, measures in THEMES.items():
        verdicts = {found[name] for name in measures if name in found}
        if verdicts and theme != "Cost":
            side = clear if verdicts & set(wording.MARKED) else little if SLIGHT in verdicts else none
            side.append(wording.inner(theme))
    where = f"In this simulation “{title(label)}”, compared with “{title(base)}”, makes"
    parts = [f"a clear difference, if not always a large one, to {joined(clear)}"] if clear else []
    parts += [f"next to no difference to {joined(little)}"] if little else []
    parts += [f"no clear difference to {joined(none)}"] if none else []
    return f"{where} {joined(parts)}."


def theme_in_words(rows: list[Any], found: dict[str, str]) -> str:
    """What is said of the measures of one theme."""
    said = [wording.sentence(row) for row in rows if found[row.measure] in wording.MARKED]
    little = [inside(row.measure) for row in rows if found[row.measure] == SLIGHT]
    said += (
        [f"next to no difference in {joined(little)} (more than luck, but too small to show here)"] if little else []
    )
    unclear = [inside(row.measure) for row in rows if found[row.measure] in ("unclear", "the same")]
    said += [f"no clear difference in {joined(unclear)}"] if unclear else []
    return " ".join(f"{wording.outer(each)}." for each in said)


def inside(measure: str) -> str:
    """A measure's label as it stands in a sentence."""
    return wording.inner(wording.said(measure).label)


def lasting(found: dict[str, str], last: "pd.DataFrame") -> str:
    """Which of the clear differences are still there in the last week, in the same direction."""
    kept: list[str] = []
    turned: list[str] = []
    gone: list[str] = []
    for row in last.itertuples():
        if found.get(row.measure) in wording.MARKED:
            way = wording.verdict(row.difference, row.low, row.high)
            side = kept if way == found[row.measure] else turned if way in wording.MARKED else gone
            side.append(inside(row.measure))
    parts = [f"still clear for {joined(kept)}"] if kept else []
    parts += [f"no longer clear for {joined(gone)}"] if gone else []
    parts += [f"turned the other way for {joined(turned)}"] if turned else []
    return f"In the last week the difference is {joined(parts)}." if parts else ""


def norm(results: "Results", label: str, base: str | None = None) -> str:
    """In how many runs help-seeking became a norm, and in how many of the base; or why that cannot be told."""
    mine = results.totals[results.totals["label"] == label]
    unknown, yes = int(mine["norm"].isna().sum()), int(mine["norm"].fillna(False).sum())
    if unknown == len(mine):
        return f"Whether help-seeking became a norm {mine['norm_words'].astype(str).mode().iloc[0]}."
    if len(mine) == 1:
        return f"Help-seeking {'became' if yes else 'did not become'} a norm, by the model’s criterion."
    tail = f"; in {unknown} it cannot be told yet" if unknown else ""
    said = f"Help-seeking became a norm, by the model’s criterion, in {yes} of {counted(len(mine), 'run')}"
    before = results.totals[results.totals["label"] == base]["norm"].fillna(False).sum()
    beside = f" (in {int(before)} with “{title(base)}”)" if base is not None and (yes or before) else ""
    return f"{said}{beside}{tail}."


def by_luck(found: dict[str, str]) -> str:
    """A reminder that of many intervals some leave out zero by luck."""
    told = [each for each in found.values() if each != "unknown"]
    clear = sum(each in (*wording.MARKED, SLIGHT) for each in told)
    if not clear or len(told) < 3:
        return ""
    return (
        f"Of {len(told)} headline measures {clear} differ clearly; with 95% intervals about one in twenty would by "
        "luck alone. Clear is not the same as large, and no interval here covers how uncertain the model itself is."
    )


def described(results: "Results") -> Answer:
    """A plan that is compared with none, by theme."""
    rows = {row.measure: row for row in wording.headline(results.summary(at="mean")).itertuples()}
    weeks = counted(results.scenarios[0].weeks, "week")
    made = [("", f"These are averages over {weeks}. {norm(results, results.labels[0])}")]
    for theme, measures in THEMES.items():
        said = [level(rows[name]) for name in measures if name in rows]
        made += [(theme, wording.outer("; ".join(said)) + ".")] if said else []
    if len(results.seeds) == 1:
        made.append(("How sure?", "This is one run of one seed: another seed would give other numbers."))
    return made


def level(row: Any) -> str:
    """The level of one measure."""
    how = wording.said(row.measure, row.unit)
    of = f"({how.unit})" if how.step == wording.SCALE else how.unit.removeprefix("%").strip()
    return f"{inside(row.measure)} {wording.level(row.measure, row.mean, row.unit)} {of}".rstrip()
