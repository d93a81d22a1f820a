"""evidence."""

from sim.app.view import View


class Page(View):
    """The page at /evidence."""

    template_file = (__file__, "evidence.vue")
