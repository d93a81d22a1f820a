"""What results may and may not claim: how sure they are, what they rest on, and what must not be read into them."""

from typing import TYPE_CHECKING, Any

from sim import wording
from sim.markup import bullets, paragraphs, table
from sim.params import ASSUMED, GRADES, Parameter, references, registry

if TYPE_CHECKING:
    from sim.results import Results

COHESION = (
    "No published trial that could be found measured what cohesion training does to seeking help. The published trial "
    "is where the effects on distress and on ties come from; the step from cohesion to seeking help is a hypothesis, "
    "supported by associations only."
)
ALWAYS = (
    "It is no forecast. It works out what would follow if its assumptions held.",
    "It is about communities. It predicts nothing about any one person, and it is no medical advice.",
    "Stigma’s measured effect on what people do is small (about −0.27 SD), and attitudes move more readily than "
    "behaviour. A result in which a single programme made seeking help a norm would contradict the record.",
    "Whether a norm can sustain itself depends on how strongly people conform, which is not known well. A lasting norm "
    "in a simulation is a reason to look closer, not a finding.",
)
LUCK = (
    "Each seed is one simulated community with its own luck: who is distressed when, who knows whom, who is asked. The "
    "95% intervals cover luck only: how far the mean over {seeds} may be off for that reason.",
    "They do not say how far the model may be off. Its numbers are uncertain too, and that uncertainty is likely to be "
    "larger; it is not in these intervals.",
)
WITH_PARAMETERS = (
    "Each seed is one simulated community with its own luck and its own draw of the model’s uncertain numbers. The 95% "
    "intervals cover both: how far the mean over {seeds} may be off for these reasons. They are of the mean over "
    "draws; what one draw gives may lie much further away.",
    "They do not say whether the model is right. What it leaves out, and what it takes for granted, is not in them.",
)
PAIRED = (
    "Plans are compared on the same seeds: the same people with the same luck, with and without the plan. What differs "
    "between two such runs is the plan’s doing, so that even small differences can be told. Small is still small."
)
ONE_SEED = "This is one seed: nothing here tells an effect from luck. Use more seeds before drawing any conclusion."
CALIBRATED = (
    "Fitted to published figures: how common distress is and how long it lasts, how soon it is seen as a need, whom "
    "people turn to, what cohesion training does to distress and to ties. The scorecard (helpseek validate) says which "
    "figures the model meets, and which it misses."
)
NEVER_FITTED = (
    "Never fitted to data: how norms form, spread and fade, and what a programme does to them or to seeking help; and "
    "nothing at all of the community that you may have in mind."
)
IN_WORDS = {
    "read": "Read in the source or its abstract",
    "second_hand": "Read in a secondary page only",
    "derived": "Worked out from figures that were read, or standing in for a related quantity",
    "assumed": "Assumed: no source gives the value",
}
FORMS = {
    "threshold": "Seeing others seek help was taken to work once a large enough share does (a threshold).",
    "count": "Seeing others seek help was taken to work a little with each one who does (a weak count).",
}


def how_sure(results: "Results") -> str:
    """What the intervals mean."""
    if len(results.seeds) == 1:
        return paragraphs([ONE_SEED])
    paired = len(results.labels) > 1 and bool(results.differences(at="mean").paired.all())
    seeds = wording.counted(len(results.seeds), "seed")
    texts = WITH_PARAMETERS if results.uncertainty == wording.LUCK_AND_PARAMETERS else LUCK
    return paragraphs([text.format(seeds=seeds) for text in texts] + ([PAIRED] if paired else []))


def used(results: "Results") -> list[Parameter]:
    """The parameters that had a say: the model's own, and those of the interventions in these plans."""
    from sim.rules import kinds

    done = {item.kind for scenario in results.scenarios for item in scenario.interventions.values()}
    return [each for each in registry().values() if each.group not in kinds() or each.group in done]


def rests_on(results: "Results") -> str:
    """How many numbers have which grade of evidence, and those of the plans one by one."""
    chosen = used(results)
    counts = {grade: sum(each.evidence == grade for each in chosen) for grade in GRADES}
    first = (
        f"{counts[ASSUMED] / len(chosen):.0%} of the numbers behind these results are assumed: a direction or a bound "
        "may be known, but not the value. “helpseek show” lists each with its range, its source and its grade."
    )
    rows = [(IN_WORDS[grade], str(count)) for grade, count in counts.items() if count]
    caption = f"Where the {len(chosen)} numbers behind these results come from"
    forms = dict.fromkeys(results.runs["influence_form"].astype(str))
    made = [
        bullets((CALIBRATED, NEVER_FITTED)),
        paragraphs([first]),
        table(caption, ("Grade of evidence", "Numbers"), rows),
        paragraphs(FORMS[form] for form in forms if form in FORMS),
        asked_for(results),
        plan_numbers(results),
    ]
    return "\n".join(each for each in made if each)


def asked_for(results: "Results") -> str:
    """The parameters that are not the registry's, and who says so."""
    changed = {
        (name, value, scenario.origins.get(name, ""))
        for scenario in results.scenarios
        for name, value in scenario.parameters.items()
        if value != registry()[name].value
    }
    rows = [
        (registry()[name].label, f"{value:g}", f"{registry()[name].value:g}", registry()[name].unit, origin)
        for name, value, origin in sorted(changed)
    ]
    head = ("Number", "Here", "Usually", "Unit", "Where that is said")
    return table("Numbers that differ from the usual ones", head, rows, numbers=False) if rows else ""


def plan_numbers(results: "Results") -> str:
    """What each intervention does at full strength, with grades and sources."""
    from sim.explaining import effects

    rows: dict[tuple[str, ...], None] = {}
    cited: dict[str, None] = {}
    for scenario in results.scenarios:
        for name, item in scenario.interventions.items():
            for each in effects(item, scenario):
                rows[effect_row(name, each)] = None
                cited |= dict.fromkeys(source for source in each["source"].split(", ") if source in references())
    if not rows:
        return ""
    head = ("Intervention", "Changes", "By", "Evidence", "Source")
    made = table("What the plans’ interventions do at full strength", head, rows, numbers=False)
    found = [str(references()[key]) for key in cited]
    return made + (f"<h3>Sources named there</h3>{bullets(found)}" if found else "")


def effect_row(name: str, each: dict[str, Any]) -> tuple[str, ...]:
    """One thing that an intervention changes."""
    by = f"{each['value']:g} {each['unit']}".replace("-", "−", int(each["value"] < 0))
    keys = [] if each["source"] == ASSUMED else each["source"].split(", ")
    source = ", ".join(wording.outer(key.replace("_", " ")) for key in keys) or "none"
    return wording.title(name), each["label"].split(": ", 1)[-1], by, each["evidence"].replace("_", " "), source


def limits(results: "Results") -> str:
    """What must not be read into the results."""
    kinds = {item.kind for scenario in results.scenarios for item in scenario.interventions.values()}
    return bullets(([COHESION] if "cohesion_training" in kinds else []) + list(ALWAYS))
