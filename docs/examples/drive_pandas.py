"""A table drives the model: one row for each point, a column for each name; and an optimiser of SciPy, on a vector.

Run it with: python docs/examples/drive_pandas.py
"""

import pandas as pd
from scipy import optimize

import sim


def main(
    rows: int = 9, people: int = 400, replicates: int = 4, changes: dict | None = None
) -> tuple[pd.DataFrame, float]:
    """Perceived approval along conformity, and the conformity at which it turns positive."""
    problem = sim.problem(
        "secondary_school",
        "peer_leaders",
        ["norms.conformity"],
        measures="injunctive_norm",
        people=people,
        changes=changes,
    )
    (low, high) = problem["bounds"][0]
    points = pd.DataFrame({"norms.conformity": [low + (high - low) * k / (rows - 1) for k in range(rows)]})
    outcomes = sim.evaluate(points, problem, measures=["injunctive_norm", "speaks"], replicates=replicates, at="final")

    def distance(vector) -> float:
        return abs(sim.evaluate(vector, problem, replicates=replicates, at="final"))

    found = optimize.minimize_scalar(
        lambda x: distance([x]), bounds=(low, high), method="bounded", options={"maxiter": rows}
    )
    return points.join(outcomes), float(found.x)


if __name__ == "__main__":
    table, turning = main()
    print(table.round(3))
    print(f"perceived approval is closest to even at a conformity of {turning:.2f}")
