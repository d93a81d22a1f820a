"""Watch: a community lives, week by week, and the curves that matter are drawn beside it."""

from sim.app.player import Player


class Page(Player):
    """The page at /."""

    template_file = (__file__, "watch.vue")
