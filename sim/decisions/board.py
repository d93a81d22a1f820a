"""The answer in a paragraph: which plan, how surely, how much in people, for whom, at what cost."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import wording
from sim.decisions import chances, comparisons, equity, precise
from sim.measures import BY_NAME, HIGHER
from sim.wording import inner, joined, title

if TYPE_CHECKING:
    from sim.decisions.bill import Bill
    from sim.results import Results

STANDS_OUT = 0.66  # from here a plan is likely the best; below, none is singled out
THOUSAND = {
    "share of those in need": "people in need",
    "share of people": "people",
    "share of episodes ended": "episodes",
}
ONLY_LUCK = "These numbers hold luck only; how far the model’s assumptions may be off is not in them."
WITH_PARAMETERS = (
    "Each seed drew its own parameters. The chance and the interval are of the mean over draws; single draws lie "
    "further apart:"
)
OUTSIDE = "What the model leaves out is in none of these numbers."


def paragraphs(results: "Results", table: pd.DataFrame, bill: "Bill", measure: str) -> list[tuple[str, str]]:
    """What a board needs first: a heading and a text each. ``table`` is of ``equity.table``."""
    if len(results.labels) < 2:
        return []
    if len(results.seeds) < 2:
        return [("In short", "A single seed cannot tell an effect from luck, so nothing can be said of what is best.")]
    made = [("In short", f"{best(results, measure)} {holds(results, measure)}")]
    if "precision" in results.manifest:
        made.append(("How exactly", precise.in_words(results.manifest["precision"])))
    made.append(("For whom", fairness(table, results.labels)))
    made.append(("At what cost", money(bill)))
    return [(head, text) for head, text in made if text]


def best(results: "Results", measure: str) -> str:
    """Which plan is most likely best by a measure, and by how much."""
    how = wording.said(measure)
    found = comparisons.of_being_best(results, [measure], None, "mean")[measure, ""]
    chance = np.array([found[label] for label in results.labels])
    judged = f"Judged by “{inner(how.label)}” ({BY_NAME[measure].better} is better)"
    if not np.isfinite(chance).all():
        return f"{judged}, nothing can be told."
    values = comparisons.by_seed(results, measure)
    if np.array_equal(values, np.broadcast_to(values[:, :1], values.shape), equal_nan=True):
        return f"{judged}, the plans do not differ: every seed gave the same number with each of them."
    order = chances.ordered(chance.tolist())
    top = results.labels[order[0]]
    number = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}.get(len(chance), str(len(chance)))
    if chance[order[0]] < STANDS_OUT:
        rest = joined(f"“{title(results.labels[k])}” {chances.percent(chance[k])}" for k in order)
        return f"{judged}, none of the {number} plans stands out: the chances of being the best are {rest}."
    said = (
        f"{judged}, it is {chances.word(chance[order[0]])} that “{title(top)}” is the best of the {number} plans in "
        f"this simulation (chance {chances.percent(chance[order[0]])})."
    )
    return f"{said} {size(results, measure, top)}"


def size(results: "Results", measure: str, top: str) -> str:
    """By how much the best plan differs from the first; nothing if it is the first."""
    if top == results.labels[0]:
        return "No plan compared with it does better by more than luck."
    rows = results.differences(measures=measure, at="mean")
    row = next(each for each in rows.itertuples() if each.label == top)
    how, unit, few = wording.said(measure), THOUSAND.get(row.unit), round(abs(row.difference) * 1000)
    people = f"about {few} {'more' if row.difference > 0 else 'fewer'}" if few else "less than one"
    people = f", {people} of every 1,000 {unit}" if unit else ""
    of = how.unit.removeprefix("%").split(" (")[0].rstrip()
    levels = f"{wording.level(measure, row.mean_plan)}{of} instead of {wording.level(measure, row.mean_base)}"
    said = f"{how.label}: {levels} with “{inner(title(results.labels[0]))}”. The difference, {change(row)}{people}"
    clear = wording.verdict(row.difference, row.low, row.high) in wording.MARKED
    return f"{said}, {'is more than chance explains' if clear else 'may be chance'}."


def change(row) -> str:
    """A difference with its interval and its unit."""
    return f"{wording.change(row.measure, row.difference, row.low, row.high)} {wording.said(row.measure).step}"


def holds(results: "Results", measure: str) -> str:
    """What the chance and the interval hold, and how far single draws of the parameters lie apart."""
    if results.uncertainty == wording.LUCK:
        return ONLY_LUCK
    return f"{WITH_PARAMETERS} {over_draws(results, measure)} {OUTSIDE}"


def over_draws(results: "Results", measure: str) -> str:
    """In how many draws each plan did better than the first, and between which ends nine in ten differences lie."""
    values, base = comparisons.by_seed(results, measure), f"“{title(results.labels[0])}”"
    said = [
        in_draws(f"“{title(label)}”", base, values[:, place] - values[:, 0], measure)
        for place, label in enumerate(results.labels[1:], 1)
    ]
    return " ".join(each for each in said if each)


def in_draws(one: str, other: str, apart: np.ndarray, measure: str) -> str:
    """In how many draws one did better than another, from their difference in each."""
    known = apart[np.isfinite(apart)]
    if not known.size:
        return ""
    gain = known if BY_NAME[measure].better == HIGHER else -known
    how, (low, high) = wording.said(measure), np.quantile(known, (0.05, 0.95)).tolist()
    decimals = wording.decimals_of(how, 0.0, low, high)
    ends = [wording.plain(each * how.factor, decimals) for each in (low, high)]
    better, worse, same = (int(each.sum()) for each in (gain > 0, gain < 0, gain == 0))
    alike = f" and neither in {same}" if same else ""
    return (
        f"{one} did better than {other} in {better} of {known.size}, worse in {worse}{alike}, "
        f"and nine in ten differences lie between {ends[0]} and {ends[1]} {how.step}."
    )


def fairness(table: pd.DataFrame, labels: list[str]) -> str:
    """Whether any part of the people is worse off, and how surely."""
    said = []
    for label in labels[1:]:
        mine = table[(table.label == label) & (table.part != "")]
        for verdict, words in ((equity.HARM, "is clearly worse for"), (equity.PERHAPS_HARM, "may be worse for")):
            whom = harmed(mine[mine.verdict == verdict])
            said += [f"“{title(label)}” {words} {whom}."] if whom else []
    if said:
        many = [MANY] if (table.verdict[table.part != ""] == equity.PERHAPS_HARM).any() else []
        return " ".join(said + many)
    return (
        "No part of the people came out worse by more than luck, in "
        + joined(inner(wording.said(name).label) for name in dict.fromkeys(table.measure))
        + "."
    )


MANY = "“May be” is what stands out singly, but could be luck among so many comparisons."


def harmed(rows: pd.DataFrame) -> str:
    """Who is worse off, in what, and by how much."""
    parts = []
    for group, mine in rows.groupby("group", sort=False):
        sizes = joined(f"{inner(wording.said(row.measure).label)} {change(row)}" for row in mine.itertuples())
        parts.append(f"{WHO[group]}, in {sizes}")
    return joined(parts)


WHO = {
    "Connected": "connected people",
    "Isolated": "isolated people",
    "Members": "members",
    "Leaders": "leaders",
    "Usual risk": "people at usual risk",
    "Higher risk": "people at higher risk",
    equity.EVERYONE: "everyone",
}


def money(bill: "Bill") -> str:
    """What is known of costs."""
    if bill.missing:
        names = joined(title(name) for name in bill.missing)
        return f"Not known: nobody has filled in what {names} would cost, and no price is guessed here."
    if not bill.cost.any():
        return "Nothing here costs anything, by the figures filled in."
    lines = [line for line in bill.lines if line.effect is bill.lines[0].effect]
    spent = bill.extra.mean(axis=0)[1:]
    said = [
        f"“{title(line.label)}” costs {wording.plain(float(cost), 0)} {bill.currency} more; for each "
        f"{line.effect.one}: {line.said.removesuffix(' for each')}"
        for line, cost in zip(lines, spent, strict=True)
    ]
    return ". ".join(said) + "."
