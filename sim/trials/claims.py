"""What a simulated trial may and may not claim, in words."""

from typing import Any

import pandas as pd

from sim import wording
from sim.trials.power import Power
from sim.trials.schema import TrialFile

COHESION = (
    "No published effect of cohesion training on help-seeking was found. What a simulation shows of it is a "
    "hypothesis, and nothing here confirms it."
)
FITTED = (
    "A figure marked as fitted had a part in setting the model's numbers. Meeting it shows that the model can be "
    "made to agree, not that it is right; only held-out figures test it."
)
ALWAYS = (
    FITTED,
    "Instruments here are the model's own states with error. They stand for the published scales, and are not those "
    "scales.",
    "A trial in a simulation cannot show that a programme works. It can show what would follow if the model were "
    "right.",
    "Attitudes move in such trials, and behaviour mostly does not. A simulated effect on behaviour deserves doubt "
    "first.",
)
AGAIN = (
    "The command makes the same numbers again on the same version. The folder of this page holds every estimate of "
    "every replicate and what made them, and “helpseek verify FOLDER” runs them again and compares every number."
)
POWER_ERROR = (
    "Simulated power has an error of its own, which the interval shows: more replicates make it smaller. The interval "
    "holds luck only: the parameters are the same in all trials. The formula "
    "uses the effect, the spread and the intraclass correlation found at the trial's own size, two equal arms, and "
    "the design effect for clusters of unequal size; it does not know of spill-over between arms, nor of what groups "
    "share beyond an intercept."
)
POWER_RESTS = (
    "The effect is the model's, calibrated to published trials of the same kind where there were any. If the true "
    "effect is half as large, it takes four times the size."
)


def in_short(outcomes: pd.DataFrame) -> list[str]:
    """What was met and what was missed."""
    made = []
    for used, name in (("fit", "Fitted"), ("held_out", "Held out"), ("none", "Neither fitted nor held out")):
        rows = outcomes[(outcomes.used_for == used) & outcomes.inside.notna()]
        if not len(rows):
            continue
        missed = [f"{row.title.lower()} (week {row.week})" for row in rows[~rows.inside.astype(bool)].itertuples()]
        text = f"{name}: the model's mean lies within {len(rows) - len(missed)} of {len(rows)} published intervals."
        made.append(text + (f" Missed: {'; '.join(missed)}." if missed else ""))
    silent = outcomes[outcomes.inside.isna()]
    if len(silent):
        made.append(
            "Not reported, so not compared: " + "; ".join(row.title.lower() for row in silent.itertuples()) + "."
        )
    return made or ["Nothing of this trial was reported that could be compared."]


def hitches(outcomes: pd.DataFrame) -> list[str]:
    """What went less than smoothly in the analyses, and how often."""
    told = {
        "gave no estimate, and are left out": int(outcomes.failed.sum()),
        "found no variance between clusters": int(outcomes.edge.sum()),
        "used independence within clusters, because no correlation settled": int(outcomes.fallback.sum()),
    }
    every = int(outcomes.replicates.sum())
    return [f"{count} of {every} analyses {what}." for what, count in told.items() if count]


def held(uncertainty: str) -> str:
    """What the spread over replicates holds, in a few words."""
    return wording.LUCK_AND_PARAMETERS if uncertainty == "posterior" else "luck only, not parameter uncertainty"


def how_sure(replicates: int, uncertainty: str) -> list[str]:
    """What the spread means."""
    luck = (
        f"Each of the {replicates} trials has its own people, its own randomisation, its own measuring errors and "
        "its own losses. Their spread shows how far the result of one trial may lie from the mean by luck."
    )
    if uncertainty == "posterior":
        return [
            luck,
            "Each also has its own draw of the model's parameters, so the spread holds what is not known of them.",
        ]
    return [luck, "The parameters are the same in all, so what is not known of them is not in the spread."]


def limits(trial: TrialFile) -> list[str]:
    """What must not be read into a trial's results."""
    plans = {plan for arm in trial.arms.values() for plan in arm.plans}
    return ([COHESION] if any("cohesion" in plan for plan in plans) else []) + list(ALWAYS)


def power_in_short(found: Power, row: Any) -> str:
    """The size that a wanted power takes."""
    if pd.isna(row.size_for_target):
        return f"{row.title}: the model shows no effect that a trial could find."
    formula = "" if pd.isna(row.size_for_target_formula) else f", by formula {int(row.size_for_target_formula):,}"
    return (
        f"{row.title}: a power of {found.target:.0%} takes about {int(row.size_for_target):,} {found.unit}{formula}, "
        f"if the effect is as large as the model's. The trial itself had {found.own:,}."
    )
