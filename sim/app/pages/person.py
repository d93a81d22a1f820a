"""A person: her weeks as a strip, her ties, and why she did or did not ask, term by term."""

from typing import Any

import traitlets

from sim.app.address import LATEST, whole
from sim.app.diary import read
from sim.app.lives import life
from sim.app.player import Player


class Page(Player):
    """The page at /person."""

    template_file = (__file__, "person.vue")
    both = True
    why = traitlets.Int(None, allow_none=True)  # the week asked about; None is always the last one

    def moves(self) -> dict[str, Any]:
        """This week, and the one person looked at."""
        return super().moves() | {"life": life(self.session.community, self.number(), self.why)}

    def number(self) -> int:
        """Who is looked at: whom the link names, else the first person who has something to tell."""
        community = self.session.community
        asked = community.address.person
        if asked is not None and asked <= community.people:
            return asked
        page = community.diary.pages[-1][0]
        telling = read(page, "asked") * 2 + read(page, "in_need")
        return int(telling.argmax()) + 1

    def vue_look(self, number: Any) -> None:
        """Look at somebody else."""
        self.why = None
        self.vue_set_person(number)
        self.show_week()

    def vue_ask_why(self, week: Any) -> None:
        """Ask about another week, or with None about the last one again."""
        self.why = None if week is None else whole("week", str(week), 1, LATEST)
        self.show_week()
