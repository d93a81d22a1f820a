"""Dated pushes on named quantities: what an intervention adds to, and how strong it is in each week.

The slow twin of ``sim.interventions``.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.interventions import IMPULSES, LEVELS
from sim.reference.basics import between, total

if TYPE_CHECKING:
    from sim import schema
    from sim.reference.person import Person

STAYS_WITH_GROUP = ("cohesion", "climate", "bonding")  # what training does for a group ends when the group does


class Intervention:
    """A dated push on named quantities. Levels hold while it works and then fade; impulses are given once.

    ``plan`` says when, how long and how strongly; ``effects`` how much of each handle it adds at full strength: the
    registry's amounts for its kind, with the plan's own put over them.
    """

    def __init__(self, number: int, plan: "schema.Intervention", parameters: Mapping[str, float]) -> None:
        self.number = number  # within the scenario
        self.plan = plan
        self.strength = plan.fidelity * plan.dose
        names = [name.split(".") for name in parameters]
        self.effects = {handle: parameters[f"{kind}.{handle}"] for kind, handle in names if kind == plan.kind}
        self.effects.update(plan.effects)

    def reaches(self, person: "Person") -> bool:
        """Whether the person is one of those reached."""
        return bool(person.reached >> self.number & 1)

    def level(self, week: int) -> float:
        """Its strength in a week: the strongest of the first delivery and the boosters, each fading."""
        since = week - self.plan.start
        levels = [self.faded(self.strength, since, self.plan.length)]
        for booster in self.plan.boosters:
            levels.append(self.faded(self.strength * booster.strength, since - booster.week, 1))
        return max(levels)

    def faded(self, strength: float, since: int, length: int) -> float:
        """What is left ``since`` weeks after a delivery that lasts ``length`` weeks and then fades by half-lives."""
        if since < 0:
            return 0.0
        if since < length or self.plan.half_life is None:
            return strength
        if self.plan.half_life == 0.0:
            return 0.0
        return strength * 0.5 ** ((since - length + 1) / self.plan.half_life)

    def pulse(self, week: int) -> float:
        """How much of its impulses it gives in this very week."""
        deliveries = [(0, 1.0)] + [(booster.week, booster.strength) for booster in self.plan.boosters]
        return total(self.strength * share for when, share in deliveries if week == self.plan.start + when)

    def act(self, person: "Person", week: int) -> None:
        """This week's levels and impulses for a person whom it reaches."""
        level, pulse = self.level(week), self.pulse(week)
        for handle, amount in self.effects.items():
            if handle in IMPULSES:
                self.push(person, handle, amount * pulse)
            elif handle in LEVELS and (handle not in STAYS_WITH_GROUP or person.group.born <= self.plan.start):
                name = f"added_{handle}"
                setattr(person, name, getattr(person, name) + amount * level)

    def push(self, person: "Person", handle: str, amount: float) -> None:
        """Change one of her states, once."""
        if handle == "approval":
            person.injunctive_norm = between(-1.0, person.injunctive_norm + amount, 1.0)
        else:
            setattr(person, handle, getattr(person, handle) + amount)
