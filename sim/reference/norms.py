"""What people believe of others (fast), and what they come to think themselves (slow).

The slow twin of ``sim.norms``.
"""

# what is stored of a person is declared in people.FIELDS, which mypy does not read
# mypy: disable-error-code="has-type"

import math
from typing import TYPE_CHECKING

from sim import luck
from sim.people import (
    DISTRESSED,
    HELPED,
    LEADER,
    LEADS,
    NONE,
    NOT_IN_HELP,
    SOUGHT,
    SPEAKS,
    STRUGGLING,
    SUPPORTIVE,
    UNSUPPORTIVE,
    WAS_HELPED,
)
from sim.reference.basics import Stored, logistic

if TYPE_CHECKING:
    from sim.reference.person import Person


class Norms(Stored):
    """What a person lets others see, and what she takes in from them."""

    def show(self) -> None:
        """What her ties can see and hear of her this week."""
        shown = SPEAKS if self.happens(luck.SPEAKING, self.speaking_chance()) else 0
        if self.role == LEADER:
            shown |= LEADS
        if self.episode:
            shown |= DISTRESSED
            if self.asked != NONE:
                shown |= SOUGHT
                self.visibility = self.visibility_of_seeking()
            elif self.help_status == NOT_IN_HELP:
                shown |= STRUGGLING
        self.published = shown

    def shows(self, what: int) -> bool:
        """Whether any of this can be seen or heard of her."""
        return bool(self.published & what)

    def speaking_chance(self) -> float:
        """Chance that she speaks well of seeking help: stigma silences, and so does what others seem to think."""
        p = self.p
        x = p.norms_speaking_intercept - p.norms_speaking_stigma * self.self_stigma
        return logistic(x + p.norms_conformity * self.injunctive_norm + self.added_speaking)

    def visibility_of_seeking(self) -> float:
        """Chance that a tie of hers sees that she sought help."""
        openness = logistic(self.group.cohesion + self.injunctive_norm - self.self_stigma)
        return min(1.0, self.p.norms_disclosure * 2.0 * openness)

    def observe(self) -> None:
        """Take in what others did (descriptive norm), what they said (injunctive norm), and who was helped."""
        p = self.p
        said = heard = seeking = struggling = helped = 0.0
        for tie in self.ties.values():
            if not tie.begun:
                continue
            other = tie.other
            weight = tie.trust * p.norms_leader_weight if other.shows(LEADS) else tie.trust
            heard += weight
            if other.shows(SPEAKS):
                said += weight
            if other.shows(WAS_HELPED):
                helped += tie.trust
            if other.shows(SOUGHT):
                if self.sees(other, other.visibility):
                    seeking += weight
            elif other.shows(STRUGGLING) and self.sees(other, p.norms_noticing):
                struggling += weight
        if heard > 0.0:
            self.injunctive_norm += p.norms_learning_rate * (2.0 * said / heard - 1.0 - self.injunctive_norm)
        seeking += (1.0 - p.norms_forgetting) * self.seen_seeking
        struggling += (1.0 - p.norms_forgetting) * self.seen_struggling
        self.seen_seeking, self.seen_struggling = seeking, struggling
        for_it = p.norms_prior_weight * self.prior_norm + seeking
        self.descriptive_norm = for_it / (p.norms_prior_weight + seeking + struggling)
        self.internalise(helped)

    def sees(self, other: "Person", chance: float) -> bool:
        """Whether she sees what the other does this week."""
        return luck.pair_uniform(self.key, self.model.week, luck.SEEING, other.number) < chance

    def internalise(self, helped: float) -> None:
        """Self-stigma drifts between its anchor and what others seem to think; experience and contact move it."""
        p = self.p
        stigma, anchor = self.self_stigma, self.stigma_anchor
        believed = p.norms_internalised_strength * (p.norms_usual_approval - self.injunctive_norm)
        share = p.norms_internalised_share
        change = p.norms_stigma_rate * (share * (believed - stigma) + (1.0 - share) * (anchor - stigma))
        luck_of_the_week = 2.0 * luck.uniform(self.key, self.model.week, luck.STIGMA) - 1.0
        change += p.norms_stigma_noise * math.sqrt(3.0) * luck_of_the_week  # uniform, of unit variance
        change -= p.norms_contact_effect * min(1.0, helped)
        if self.answer == SUPPORTIVE or self.care_event == HELPED:
            change -= p.norms_experience_effect
        if self.answer == UNSUPPORTIVE or self.care_event > HELPED:
            change += p.norms_experience_effect
        self.self_stigma = stigma + change
        self.stigma_anchor = anchor + p.norms_anchor_rate * (stigma + p.norms_usual_relief - anchor)
