"""Optuna drives the model as its own guide does: an objective, a study, trials.

Run it with: python docs/examples/drive_optuna.py
"""

import optuna

import sim


def main(trials: int = 40, people: int = 400, replicates: int = 4, changes: dict | None = None) -> optuna.Study:
    """At what reach and dose peer leaders move perceived approval most, if every person trained has a price."""
    names = ["peer_leaders.reach", "peer_leaders.dose"]
    problem = sim.problem(
        "secondary_school", "peer_leaders", names, measures="injunctive_norm", people=people, changes=changes
    )
    ranges = dict(zip(problem["names"], problem["bounds"], strict=True))

    def objective(trial: optuna.Trial) -> float:
        point = {name: trial.suggest_float(name, *bounds) for name, bounds in ranges.items()}
        price = 0.5 * point["peer_leaders.reach"] * point["peer_leaders.dose"]  # assumed, in units of approval
        return sim.evaluate(point, problem, replicates=replicates)["injunctive_norm"] - price

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=trials)
    return study


if __name__ == "__main__":
    found = main()
    print(found.best_params, found.best_value)
