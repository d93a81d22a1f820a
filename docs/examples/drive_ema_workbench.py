"""The EMA Workbench drives the model as its own guide does: a model of a function, its parameters, its outcomes.

Names must be those of Python variables there, so the dot of a parameter's name is an underscore.
Run it with: python docs/examples/drive_ema_workbench.py
"""

import pandas as pd
from ema_workbench import Constant, Model, RealParameter, ScalarOutcome, SequentialEvaluator

import sim


def main(
    scenarios: int = 50, policies: int = 4, people: int = 400, changes: dict | None = None
) -> tuple[pd.DataFrame, dict]:
    """How peer leaders do under uncertain norms: reach is the lever, two norms are the uncertainties."""
    names = ["peer_leaders.reach", "norms.conformity", "norms.speaking_stigma"]
    measures = ["injunctive_norm", "unmet_need"]
    problem = sim.problem("secondary_school", "peer_leaders", names, measures=measures, people=people, changes=changes)
    sides = [
        RealParameter(name.replace(".", "_"), *bounds)
        for name, bounds in zip(problem["names"], problem["bounds"], strict=True)
    ]

    model = Model("helpseek", function=sim.evaluate)
    model.levers, model.uncertainties = sides[:1], sides[1:]
    model.constants = [Constant("problem", problem), Constant("replicates", 2)]
    model.outcomes = [ScalarOutcome(name) for name in measures]
    with SequentialEvaluator(model) as evaluator:
        return evaluator.perform_experiments(scenarios=scenarios, policies=policies)


if __name__ == "__main__":
    experiments, outcomes = main()
    print(experiments.drop(columns=["scenario", "model"]).assign(**outcomes))
