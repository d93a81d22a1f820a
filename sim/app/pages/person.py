"""person."""

from sim.app.view import View


class Page(View):
    """The page at /person."""

    template_file = (__file__, "person.vue")
