"""How one person knows another, in plain Python: contact builds trust, time wears it down, ties wake and fall asleep.

The slow twin of ``sim.bonds``.
"""

import math
from typing import TYPE_CHECKING

from sim.people import DISTRESSED, LEADER, LEADS
from sim.reference.basics import GOLDEN, STRIDE, Stored, mixed, unit
from sim.ties import BRIDGE, FUTURE, LEADER_TIE, PEER

if TYPE_CHECKING:
    from sim.reference.person import Person


class Tie(Stored):
    """How far one person trusts another. Ties have a direction: the other may see it differently."""

    SINGLE = frozenset({"trust"})

    def __init__(self, person: "Person", other: "Person", trust: float, closeness: int, kind: int) -> None:
        self.person = person
        self.other = other
        self.trust = trust  # 0 to 1
        self.closeness = closeness  # weekly chance of contact, in 1/256
        self.kind = kind  # PEER, LEADER_TIE, BRIDGE, or FUTURE + the number of the event with which it begins

    @property
    def begun(self) -> bool:
        """Whether the two know each other yet."""
        return self.kind < FUTURE

    @property
    def in_reach(self) -> bool:
        """Whether the other is trusted enough to be asked."""
        return self.begun and self.trust >= self.person.p.bonds_reach_trust

    @property
    def is_valued(self) -> bool:
        """Whether the other would be named as valued."""
        return self.begun and self.trust >= self.person.p.bonds_valued_trust

    def meet(self, draw: int) -> None:
        """One week: contact builds trust, time wears it down."""
        p, person = self.person.p, self.person
        wear = p.bonds_distressed_wear if person.episode else 1.0
        trust = self.trust * (1.0 - wear * (p.bonds_bridge_decay if self.kind == BRIDGE else p.bonds_decay))
        if draw % 256 < self.closeness:
            growth = p.bonds_growth * (1.0 + p.bonds_cohesion_growth * person.group.cohesion)
            trust += max(0.0, growth) * (1.0 - trust)
        self.trust = trust

    def draw(self) -> int:
        """This week's 64 random bits of the pair, the same from either side: a contact is a contact for both."""
        low, high = sorted((self.person.number, self.other.number))
        pair = ((low << 32) | high) + 1
        return mixed(self.person.model.bond_key + pair * GOLDEN)

    def turn(self, draw: int) -> None:
        """Training may bond two people of a group, a dormant tie may wake, an awake one may fall asleep."""
        p = self.person.p
        chance = unit(draw)
        wear = p.bonds_distressed_wear if self.person.episode else 1.0
        dormant = math.floor(256.0 * p.bonds_dormant_closeness)
        bonding = self.person.added_bonding if self.person.group is self.other.group else 0.0
        if chance < bonding:
            if self.closeness <= dormant:
                self.closeness = self.awake_closeness(draw)
            lift = p.bonds_training_lift * (p.bonds_reach_trust - p.bonds_valued_trust)
            self.trust = max(self.trust, p.bonds_valued_trust + lift)
            return
        chance -= bonding
        if self.closeness <= dormant:
            if chance < self.waking_chance():
                self.closeness = self.awake_closeness(draw)
        elif chance < wear * (p.bonds_bridge_fading if self.kind == BRIDGE else p.bonds_fading):
            self.closeness = dormant

    def waking_chance(self) -> float:
        """Weekly chance that a dormant tie wakes: by contact, mutual friends and likeness."""
        p, person, other = self.person.p, self.person, self.other
        chance = p.bonds_waking
        if any(tie.in_reach and tie.other is not other and tie.other.knows(other) for tie in person.ties.values()):
            chance += p.bonds_closure
        if person.episode:
            chance *= p.bonds_distressed_waking
        if bool(person.episode) == other.shows(DISTRESSED):
            chance *= p.bonds_homophily
        return chance

    def awake_closeness(self, draw: int) -> int:
        """How close a tie is once awake: the same for both with the chance of reciprocity, else each has her own."""
        p = self.person.p
        shared = mixed(draw)
        if unit(shared) >= p.bonds_reciprocity:
            shared += (self.person.number + 1) * STRIDE
        fraction = unit(mixed(shared))
        closeness = p.bonds_closeness_low + fraction * (p.bonds_closeness_high - p.bonds_closeness_low)
        return int(min(255.0, 256.0 * closeness))

    def dissolve(self, event: int) -> None:
        """Groups dissolve: a tie to someone who goes elsewhere becomes a bridge, a tie of the new group begins."""
        together = self.person.next_group(event) is self.other.next_group(event)
        if self.kind == FUTURE + event or (self.begun and together):
            self.kind = LEADER_TIE if LEADER in (self.person.role, self.other.role) else PEER
        elif self.kind in (PEER, LEADER_TIE):
            self.kind = BRIDGE
            self.closeness = math.floor(self.closeness * self.person.p.bonds_bridge_contact)


class Bonds(Stored):
    """How a person's ties fare, and what they mean for her."""

    def tend_ties(self) -> None:
        """A week of every tie that has begun; then who is in reach, for next week's choices."""
        begun = [(tie, tie.draw()) for tie in self.ties.values() if tie.begun]
        for tie, draw in begun:
            tie.meet(draw)
        for tie, draw in begun:
            tie.turn(draw)
        reached = [tie for tie in self.ties.values() if tie.in_reach]
        friends = [tie for tie in reached if not tie.other.shows(LEADS)]
        leaders = [tie for tie in reached if tie.other.shows(LEADS)]
        self.reachable_friends = min(255, len(friends))
        self.reachable_leaders = min(255, len(leaders))
        self.distressed_ties = min(255, sum(tie.other.shows(DISTRESSED) for tie in friends))
        self.friend_trust = sum(tie.trust for tie in friends) / len(friends) if friends else 0.0
        self.leader_trust = sum(tie.trust for tie in leaders) / len(leaders) if leaders else 0.0

    def knows(self, other: "Person") -> bool:
        """Whether she has a tie to the other, of whatever strength."""
        return other in self.ties and self.ties[other].begun
