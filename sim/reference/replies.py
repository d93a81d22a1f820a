"""What the person asked does: answers well or badly, and may encourage professional help.

The slow twin of ``sim.replies``.
"""

# what is stored of a person is declared in people.FIELDS, which mypy does not read
# mypy: disable-error-code="has-type"

from sim import luck
from sim.people import FRIEND, LEADER, LEADER_ASKED, SUPPORTIVE, UNANSWERED, UNSUPPORTIVE
from sim.reference.basics import Stored, between, logistic
from sim.reference.bonds import Tie

OUTSIDE, SUPPORTER = "a confidant outside", "a trained supporter"  # people who can be asked but are not simulated


class Replies(Stored):
    """What a person asks of others, and what comes of it."""

    def ask(self) -> None:
        """Ask the friend or leader chosen. Support and encouragement of earlier weeks run down, experience fades."""
        p = self.p
        self.answer = UNANSWERED
        self.encouraged = max(0, self.encouraged - 1)
        self.supported_by_friend = max(0, self.supported_by_friend - 1)
        self.supported_by_leader = max(0, self.supported_by_leader - 1)
        self.experience_friend *= 1.0 - p.replies_forgetting
        self.experience_leader *= 1.0 - p.replies_forgetting
        if self.asked not in (FRIEND, LEADER_ASKED):
            return
        confidant = self.confidant(self.asked == LEADER_ASKED)
        supportive = self.happens(luck.REPLY, self.support_chance(confidant))
        self.answer = SUPPORTIVE if supportive else UNSUPPORTIVE
        if supportive and self.happens(luck.ENCOURAGEMENT, self.encouragement_chance(confidant)):
            self.encouraged = int(p.replies_encouragement_weeks)
        good = 1.0 if supportive else -1.0
        if self.asked == FRIEND:
            self.experience_friend += p.replies_experience_step * (good - self.experience_friend)
            self.supported_by_friend = int(p.replies_support_weeks) if supportive else self.supported_by_friend
        else:
            self.experience_leader += p.replies_experience_step * (good - self.experience_leader)
            self.supported_by_leader = int(p.replies_support_weeks) if supportive else self.supported_by_leader
        if isinstance(confidant, Tie):
            change = p.replies_trust_step if supportive else -p.replies_trust_loss
            confidant.trust = between(0.0, confidant.trust + change, 1.0)

    def confidant(self, a_leader: bool) -> Tie | str:
        """The one whom she asks, with chances in proportion to trust."""
        weights: list[tuple[float, Tie | str]] = [
            (tie.trust, tie) for tie in self.ties.values() if tie.in_reach and (tie.other.role == LEADER) == a_leader
        ]
        if not a_leader:
            outside = self.outside_confidants * self.p.replies_outside_trust
            weights = [(self.added_supporter, SUPPORTER), *weights, (outside, OUTSIDE)]
        point = luck.uniform(self.key, self.model.week, luck.CONFIDANT) * sum(weight for weight, _ in weights)
        for weight, confidant in weights:
            if point < weight:
                return confidant
            point -= weight
        return OUTSIDE

    def support_chance(self, confidant: Tie | str) -> float:
        """Chance of a supportive answer: of others than the people simulated, only skill is known."""
        p = self.p
        x = p.replies_support_constant
        if confidant == SUPPORTER:
            x += p.replies_supporter_skill
        if isinstance(confidant, Tie):
            helper = confidant.other
            x += p.replies_support_stigma * helper.self_stigma + p.replies_support_cohesion * helper.group.cohesion
            x += helper.added_helper_skill
        return logistic(x)

    def encouragement_chance(self, confidant: Tie | str) -> float:
        """Chance that a supportive answer comes with encouragement to see a professional."""
        added = confidant.other.added_prompting if isinstance(confidant, Tie) else 0.0
        return min(1.0, self.p.replies_encouragement + added)
