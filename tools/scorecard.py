"""Write docs/validation.md with its figure, and docs/calibration.md, over the shipped posterior: `make scorecard`."""
# ruff: noqa: E501  the paragraphs of a page stand here as they will stand there

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from sim import drawing, posterior
from sim.calibration import identifying, pointing, scorecard, scorecard_page
from sim.calibration.fitting import FULL, fit_targets
from sim.calibration.priors import LEFT_ALONE, default, prior
from sim.calibration.scorecard import Scorecard
from sim.calibration.scorecard_page import rows_of
from sim.calibration.targets import FIT as FITTED

DRAWS = 144  # of the posterior, each lived once: three times what the command does, so that medians are known well
POINT_RUNS = 8  # at the registry's own values
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Hold the model against everything, and write it down."""
    card = scorecard.scored(DRAWS, threads=os.cpu_count() or 1)
    point = scorecard.scored(POINT_RUNS, "none", threads=os.cpu_count() or 1, with_controls=False)
    drawn = scorecard_page.figure(card)
    small(drawing.save(drawn.figure, ROOT / "docs" / "figures" / "scorecard"))
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    date = datetime.now(UTC).date().isoformat()
    text = scorecard_page.markdown(card, date, commit, "figures/scorecard.png", point)
    (ROOT / "docs" / "validation.md").write_text(text, encoding="utf-8")
    (ROOT / "docs" / "calibration.md").write_text(fit(card, point), encoding="utf-8")
    card.rows.to_csv(ROOT / "docs" / "validation.csv", index=False)


def small(files: list[Path]) -> None:
    """Keep the PNG alone, in few colours: what the documents show is to stay light."""
    from PIL import Image

    for file in files:
        if file.suffix == ".png":
            with Image.open(file) as picture:
                few = picture.convert("RGB").quantize(16)
            few.save(file, optimize=True)
        else:
            file.unlink()


FIT = """# How the parameters were fitted

Every uncertain parameter of the registry ({parameters} of them, three for pupils alone) starts as a uniform range: the
registry's own. {left} are left alone: {reasons}.

1. **Screening.** Morris's elementary effects of every parameter on every fitted fact ({trajectories} trajectories, luck
   held fixed; SALib). What moves no fact by a quarter of its half interval has no part in that fact's emulator.
2. **Waves.** {first} points spread over all ranges (a Latin hypercube) are lived; for each of {targets} facts a Gaussian
   process (scikit-learn) learns what the model shows and how much of it is luck. Each next wave ({waves}) is drawn (emcee)
   from where the emulators say that the model agrees with what was observed; then the emulators are fitted again. What an
   emulator does not know counts against a point, so that draws do not gather where least is known.
3. **Draws.** A last wave of {draws} points, drawn and lived in the same way, is the posterior. Each is weighted by what the
   last emulators say of it over what the ones that it was drawn from said.
4. **The point**, where one set of values is wanted. Each parameter that the data narrowed takes the mean of draws that
   hold everything else at the registry's values; {near} points near it are lived first, so that the emulators know the place.
   It is rounded to two or three digits.

This is history matching with emulators, with a likelihood for what is left: a fact's interval is read as 95%. Where the
model jumps between two states (usual life stays usual, or tips), what is learned is the chance of either, and of twenty
communities nineteen are to be as observed. Facts that are held out took no part. The run is
`helpseek calibrate --out results/fit` (half an hour to an hour on two cores, with 3.5 GB of memory; it may be stopped and
resumed); `helpseek calibrate --quick` shows the same in small. Worlds are the same to the last bit on any
machine; emulators are fitted by numerical libraries that are not, so another machine's draws are others. {repeated}

The registry's defaults, and the secondary school's own, are this point: a test holds them to it. The
middle of the draws is another place: there, what the data left alone is spread over its whole range, and what they narrowed
makes up for it. Of the {narrowed_count} parameters that were narrowed, {amid} have their default within the central 90% of the
draws (outside: {outside}). One run of the defaults meets {point_inside:.1f} of the {targets} facts on average, one run of a
draw {draws_inside:.1f}. `helpseek validate --uncertainty none` holds the defaults against every fact. `--uncertainty posterior`
takes the draws instead: each seed always has the same draw, so plans stay paired.

The {number} draws are worth {effective:.0f} of equal weight. {narrowed_count} parameters were narrowed by the data, and {shifted_count}
more lie to one side of their range without being known any better; for the other {same_count} the posterior is still the
prior, so nothing here says anything of them. Emulators are not the model: what the
draws themselves show is in [validation.md](validation.md).

## Moved by the data

{moved}

## Hardly told apart

{tied}

## As before

{same}
"""


REPEATED = """How far
that goes was seen with two earlier fits on two machines (30 November 2026, before the jump was learned as one): of 15
parameters that one narrowed, the other narrowed 14.

This is not the first fit. In draws of earlier ones usual life often tipped; hence the chance that is learned, the cost of
doubt, and the third further wave, added when after two of them half the draws still tipped. These choices were made on
fitted facts alone. The last of them was made on the way: the run was stopped and went on with one wave more."""


def inside(card: Scorecard) -> float:
    """How many of the fitted facts one draw meets, on average."""
    return float(card.rows.loc[card.rows["used_for"] == FITTED, "share_inside"].sum())


def fit(card: Scorecard, point: Scorecard) -> str:
    """How the shipped posterior came to be, and what the data said of each parameter."""
    table = posterior.table()
    found = identifying.identified(table)
    moved = found[found["verdict"] != identifying.AS_BEFORE].sort_values("narrowed")
    moved = moved.assign(
        default=[default(name) for name in moved["parameter"]],
        below=[identifying.below_default(table, name) for name in moved["parameter"]],
    )
    rows = [
        (
            f"`{r.parameter}`",
            f"{r.low:g} to {r.high:g}",
            f"{r.mean:.3g}",
            f"{r.sd:.2g}",
            f"{r.narrowed:.2f}",
            f"{r.default:g}",
            f"{r.below:.0%}",
            str(r.verdict),
        )
        for r in moved.itertuples()
    ]
    narrowed = moved[moved["verdict"] == identifying.NARROWED]
    amid = narrowed["below"].between(0.05, 0.95)
    pairs = identifying.tied(table, moved["parameter"].tolist())
    tied = [[f"`{r.one}`", f"`{r.other}`", f"{r.correlation:.2f}"] for r in pairs.itertuples()]
    same = found.loc[found["verdict"] == identifying.AS_BEFORE, "parameter"].tolist()
    return FIT.format(
        parameters=len(prior().names),
        left=len(LEFT_ALONE),
        repeated=REPEATED,
        reasons="; ".join(f"`{name}` ({reason})" for name, reason in LEFT_ALONE.items()),
        trajectories=FULL.trajectories,
        first=FULL.first,
        waves=", ".join(str(each) for each in FULL.waves),
        draws=FULL.draws,
        targets=len(fit_targets()),
        number=len(table),
        amid=int(amid.sum()),
        outside=", ".join(f"`{name}`" for name in narrowed.loc[~amid, "parameter"]) or "none",
        point_inside=inside(point),
        draws_inside=inside(card),
        effective=identifying.effective(table[posterior.WEIGHT].to_numpy()),
        near=pointing.LIVED,
        narrowed_count=len(narrowed),
        shifted_count=len(moved) - len(narrowed),
        same_count=len(same),
        moved="\n".join(
            rows_of(("parameter", "prior", "mean", "SD", "SD over the prior's", "default", "draws below it", ""), rows)
        ),
        tied="\n".join(rows_of(("one", "other", "correlation"), tied)) if tied else "None.",
        same=", ".join(f"`{name}`" for name in same) + ".",
    )


if __name__ == "__main__":
    main()
