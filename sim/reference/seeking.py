"""Whether a need is seen as one, whether to ask for help, and whom.

The slow twin of ``sim.seeking``.
"""

import math

from sim import luck
from sim.people import FRIEND, LEADER_ASKED, NONE, NOT_IN_HELP, PROFESSIONAL
from sim.reference.basics import Stored, between, within_a_week
from sim.seeking import HIGHEST_RECOGNITION, LOWEST_RECOGNITION, POINTS, REFERENCE_SCORE


class Seeking(Stored):
    """What a person in distress decides."""

    def recognise(self) -> None:
        """In an episode, screening may find her, or she may come to see her distress as a need."""
        if not self.episode:
            return
        if self.happens(luck.SCREENING, self.added_screening):
            self.recognised = 1
            self.encouraged = int(self.p.replies_encouragement_weeks)
        if not self.recognised and self.happens(luck.RECOGNITION, within_a_week(self.recognition_hazard())):
            self.recognised = 1

    def recognition_hazard(self) -> float:
        """Weekly hazard that she recognises the need."""
        p = self.p
        x = p.seeking_recognition_severity * (self.distress - REFERENCE_SCORE)
        x += p.seeking_recognition_knowledge * self.knowledge + self.added_recognition
        if self.encouraged:
            x += p.seeking_recognition_prompted
        if self.past_care:
            x += p.seeking_recognition_past_care
        return between(LOWEST_RECOGNITION, p.seeking_recognition_hazard * math.exp(x), HIGHEST_RECOGNITION)

    def choose(self) -> None:
        """Whom to ask this week, if anybody. Whoever has asked by the end of a window sought help in time."""
        self.asked, self.first_ask = NONE, 0
        if not self.episode:
            return
        self.asked = self.choice()
        if self.asked != NONE:
            self.first_ask = int(self.sources_asked == 0)
            self.sources_asked |= 1 << (self.asked - 1)
        if self.asked == PROFESSIONAL:
            self.sent_by_others = int(self.encouraged > 0)
        last = math.floor(self.p.norms_criterion_window) - 1
        sought = 2 if self.sources_asked else 1
        if self.weeks_in_need == last:
            self.need_window = sought
        if self.recognised and self.weeks_recognised == last:
            self.recognised_window = sought

    def choice(self) -> int:
        """A multinomial logit among the sources that are open to her, with nobody at zero."""
        service = self.model.service
        odds = {FRIEND: 0.0, LEADER_ASKED: 0.0, PROFESSIONAL: 0.0}
        if self.reachable_friends or self.outside_confidants or self.added_supporter:
            odds[FRIEND] = math.exp(self.friend_utility())
        if self.recognised and self.reachable_leaders:
            odds[LEADER_ASKED] = math.exp(self.leader_utility())
        knows_one = self.knowledge > self.p.seeking_knowledge_gate or service.line > 0.0
        if self.recognised and self.help_status == NOT_IN_HELP and service.open and knows_one:
            odds[PROFESSIONAL] = math.exp(self.professional_utility())
        point = luck.uniform(self.key, self.model.week, luck.CHOICE) * (1.0 + sum(odds.values()))
        upper = 0.0
        for source, share in odds.items():
            upper += share
            if point < upper:
                return source
        return NONE

    def friend_utility(self) -> float:
        """Utility of asking a friend or family member; an unrecognised need can be spoken of, but seldom is."""
        p = self.p
        trust = self.friend_trust if self.reachable_friends else p.replies_outside_trust
        utility = self.utility("friend", self.experience_friend)
        utility += p.seeking_friend_trust * (trust - p.seeking_trust_centre) / p.seeking_trust_spread
        return utility if self.recognised else utility + math.log(p.seeking_unrecognised_weight)

    def leader_utility(self) -> float:
        """Utility of asking a leader or trusted adult."""
        p = self.p
        utility = self.utility("leader", self.experience_leader)
        utility += p.seeking_leader_trust * (self.leader_trust - p.seeking_trust_centre) / p.seeking_trust_spread
        return utility + p.seeking_leader_climate * self.group.climate

    def professional_utility(self) -> float:
        """Utility of turning to a professional; an anonymous line takes some of the weight off stigma."""
        p, service = self.p, self.model.service
        utility = self.utility("professional", self.experience_professional, 1.0 - p.care_line_relief * service.line)
        utility += p.seeking_professional_knowledge * self.knowledge
        utility += p.seeking_professional_trust * self.trust_in_services
        utility -= p.seeking_professional_wait * service.expected_wait
        return utility - p.care_access_burden * (1.0 - service.remote)

    def utility(self, source: str, experience: float, weight_of_stigma: float = 1.0) -> float:
        """What matters for every source, each with its own weights: ``seeking.friend_constant`` and so on."""

        def weight(name: str) -> float:
            return getattr(self.p, f"seeking_{source}_{name}")

        approval = (self.injunctive_norm - self.p.norms_usual_approval) / self.p.norms_approval_spread
        utility = weight("constant")
        utility += weight("distress") * (self.distress - REFERENCE_SCORE) / POINTS
        utility += weight("stigma") * self.self_stigma * weight_of_stigma
        utility += weight("injunctive") * approval
        utility += self.norm_pull(weight("descriptive"))
        utility += weight("experience") * experience
        utility += weight("campaign") * self.added_campaign
        utility += weight("reliance") * self.self_reliance
        return utility + weight("encouraged") if self.encouraged else utility

    def norm_pull(self, weight: float) -> float:
        """Pull of what others are believed to do: by the share who do, or (count form) by how many were seen."""
        p = self.p
        if p.norms_influence_form >= 0.5:
            if self.seen_seeking >= 1.5:
                return p.norms_count_several
            return p.norms_count_one if self.seen_seeking >= 0.5 else 0.0
        share = self.descriptive_norm**p.norms_threshold_steepness
        threshold = max(self.threshold, 1e-3) ** p.norms_threshold_steepness
        return weight * share / (share + threshold)
