"""SALib drives the model as its own guide does: a problem, a sample, an evaluation, indices.

Run it with: python docs/examples/drive_salib.py
"""

from SALib import ProblemSpec
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling

import sim


def main(base: int = 64, people: int = 400, replicates: int = 2, changes: dict | None = None) -> ProblemSpec:
    """Sobol indices of three mechanisms for unmet need."""
    problem = sim.problem(
        "training_school", "usual", ["seeking", "norms", "care"], measures="unmet_need", people=people, changes=changes
    )
    spec = ProblemSpec(problem)
    spec.sample(sampling.sample, base, calc_second_order=False, seed=1)
    spec.evaluate(sim.evaluate, problem, replicates=replicates)
    spec.analyze(analysis.analyze, calc_second_order=False, seed=1)
    return spec


if __name__ == "__main__":
    total, first = main().to_df()
    print(total, first, sep="\n")
