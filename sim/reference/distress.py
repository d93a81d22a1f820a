"""Distress comes and goes: two regimes with their own hazards, and a weekly movement within each.

The slow twin of ``sim.distress``.
"""

# what is stored of a person is declared in people.FIELDS, which mypy does not read
# mypy: disable-error-code="has-type"

import math

from sim import luck
from sim.distress import EPISODE_SCORE, HIGHEST_SCORE
from sim.people import IN_CARE
from sim.reference.basics import Stored, normal_below, within_a_week


class Distress(Stored):
    """What a person goes through."""

    def feel(self) -> None:
        """An episode may begin or end; then this week's distress."""
        self.episode_ended = self.need_window = self.recognised_window = 0
        if not self.episode:
            if self.happens(luck.ONSET, within_a_week(self.onset_hazard())):
                self.begin_episode()
        elif self.happens(luck.REMISSION, within_a_week(self.remission_hazard())):
            self.end_episode()
        else:
            self.weeks_in_need += 1
            if self.recognised:
                self.weeks_recognised += 1
        inertia = self.p.distress_inertia
        shock = luck.normal(self.key, self.model.week, luck.LATENT)
        latent = inertia * self.latent + math.sqrt(1.0 - inertia * inertia) * shock
        self.latent = latent
        self.distress = self.score(latent)

    def onset_hazard(self) -> float:
        """Weekly hazard that an episode begins."""
        p = self.p
        hazard = p.distress_onset_hazard * self.vulnerability * self.group.onset_ratio * self.model.stress
        return hazard * p.distress_contagion_ratio**self.distressed_ties

    def remission_hazard(self) -> float:
        """Weekly hazard that an episode ends: help shortens it."""
        p = self.p
        hazard = p.distress_slow_remission if self.slow else p.distress_fast_remission
        if self.help_status == IN_CARE:
            hazard *= p.distress_care_ratio
        if self.supported_by_friend:
            hazard *= p.distress_friend_ratio
        if self.supported_by_leader:
            hazard *= p.distress_leader_ratio
        return hazard

    def begin_episode(self) -> None:
        """Distress becomes an episode, of the fast or the slow kind."""
        self.episode = 1
        self.slow = int(self.happens(luck.SPEED, self.p.distress_slow_share))
        self.recognised = self.weeks_in_need = self.weeks_recognised = self.sources_asked = 0

    def end_episode(self) -> None:
        """The episode ends, and with it the windows in which asking for help counts as in time."""
        last = math.floor(self.p.norms_criterion_window) - 1
        asked = 2 if self.sources_asked else 1
        if self.weeks_in_need < last:
            self.need_window = asked
        if self.recognised and self.weeks_recognised < last:
            self.recognised_window = asked
        self.episode_ended = 1 + self.sources_asked
        self.episode = self.recognised = self.weeks_in_need = self.weeks_recognised = self.sources_asked = 0

    def score(self, latent: float) -> float:
        """The PHQ-like score of a latent level that cohesion and coping skill lower.

        The level, a standard normal in a usual community, becomes a truncated exponential: below 10 in the usual
        regime, 10 and more in an episode.
        """
        p = self.p
        spread = p.distress_cohesion_level * p.groups_cohesion_spread
        scale = 1.0 / math.sqrt(1.0 + spread * spread + p.distress_coping_level * p.distress_coping_level)
        relief = (p.distress_cohesion_level * self.group.cohesion, p.distress_coping_level * self.coping_skill)
        level = (latent - relief[0] - relief[1]) * scale
        if self.episode:
            above = max(normal_below(-level), 1e-12)
            return min(HIGHEST_SCORE, EPISODE_SCORE - p.distress_episode_scale * math.log(above))
        reach = -math.expm1(-EPISODE_SCORE / p.distress_usual_scale)
        return -p.distress_usual_scale * math.log1p(-normal_below(level) * reach)
