"""Write docs/forecast.md: what the model expects of a trial whose results are not out, so that it can be scored later.

Run by `make forecast`. The forecast on record is the one in the repository's history; making it again after the model
has changed makes another forecast, with another date.
"""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from sim import Trial, compiled, posterior

ROOT = Path(__file__).resolve().parents[1]
PAGE, TABLE = ROOT / "docs" / "forecast.md", ROOT / "docs" / "forecast.csv"
REPLICATES = 200
LOGARITHMS = ("odds_ratio", "rate_ratio")
ASSUMED = (
    "The control arm is stress management, as in the first trial; against nothing, effects would be larger.",
    "Follow-ups are at weeks 4, 26 and 52, with 94, 84 and 75% of those who began; losses are completely at random.",
    "Classes are as in the training school's setting (7.5 people, squadrons, acquaintances); they dissolve in week 13.",
    "Service personnel deliver at .9 of the developers' fidelity; quarterly repeats add a quarter of the dose each.",
    "Instruments: CAT-like scores of reliability .81 (depression) and .75 (ideation), and mild depression or more.",
    "The step from cohesion to seeking help was never fitted, as no published effect was found: these are a guess.",
)


def main() -> None:
    """Live the trial under draws of the posterior and write down what it gives."""
    found = Trial("nct05967364").run(REPLICATES, uncertainty="posterior")
    table = pd.DataFrame([row(outcome, found.estimates) for outcome in found.outcomes.itertuples()])
    table.to_csv(TABLE, index=False)
    PAGE.write_text(page(table), encoding="utf-8")


def row(outcome, estimates: pd.DataFrame) -> dict[str, object]:
    """One contrast: what a single trial would report, and the share of trials that would find it."""
    part = estimates[estimates["key"] == outcome.key].dropna(subset=["estimate", "error"])
    values, errors = part["estimate"].to_numpy(float), part["error"].to_numpy(float)
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    scale = np.exp if outcome.effect in LOGARITHMS else np.asarray
    return {
        "contrast": outcome.title,
        "scale": {"smd": "SD", "odds_ratio": "odds ratio"}.get(outcome.effect, outcome.effect),
        "median": float(scale(middle)),
        "low": float(scale(low)),
        "high": float(scale(high)),
        "significant": float(np.mean(np.abs(values) > 1.96 * errors)),
        "replicates": len(values),
    }


def page(table: pd.DataFrame) -> str:
    """The forecast as Markdown."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    head = "| contrast | scale | median | 95% of trials | would be found significant |"
    lines = [head, "|" + " --- |" * 5]
    for each in table.itertuples(index=False):
        span = f"{each.low:.2f} to {each.high:.2f}"
        lines.append(f"| {each.contrast} | {each.scale} | {each.median:.2f} | {span} | {each.significant:.0%} |")
    return f"""# A forecast on record: the effectiveness trial of Wingman-Connect

Written on {datetime.now(UTC).date()} by version {sim.__version__} (commit {commit.stdout.strip() or "unknown"}, engine
{compiled.source_digest()[:12]}), before any result was published. NCT05967364 randomises 396 classes, 2,970 new
Airmen; its primary completion is registered for 28 February 2028. Remade by `make forecast`; the figures are also in
[forecast.csv](forecast.csv).

It takes the place of the forecast of 2026-11-23, made with an earlier fit, which stays in the history of this file.
Most medians moved by .02 at most, that of perceived stigma from -0.08 to -0.14.

This is the posterior predictive distribution: {REPLICATES} simulated trials of the registered size, each with its own
draw of the parameters ({len(posterior.table())} draws, fitted to the facts marked *fitted* in
[validation.md](validation.md)). The interval is where one trial's estimate should fall 95 times in 100: it holds
luck, sampling error and parameters. It does not hold the doubt about the model's form.

{chr(10).join(lines)}

## How to score it

An estimate inside the 95% interval counts for the model, one outside against it; over all contrasts about one in twenty
should fall outside. The rows on depression and ideation follow from what was fitted to the first trial, so they test
whether the second is like the first. The rows on stigma, intention and asking test the hypothesis itself.

## What it assumes

{chr(10).join("- " + each for each in ASSUMED)}
"""


if __name__ == "__main__":
    main()
