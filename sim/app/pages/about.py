"""about."""

from sim.app.view import View


class Page(View):
    """The page at /about."""

    template_file = (__file__, "about.vue")
