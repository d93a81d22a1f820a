"""Twin: the same community with the same luck, with and without a plan; those whose lives differ are marked."""

from sim.app.player import Player


class Page(Player):
    """The page at /twin."""

    template_file = (__file__, "twin.vue")
    both = True
