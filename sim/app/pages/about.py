"""About: what this is and what it is not, how to speak of it safely, where to find help, and how to cite it."""

from typing import Any

import sim
from sim import claims
from sim.app.view import View
from sim.params import registry


class Page(View):
    """The page at /about."""

    template_file = (__file__, "about.vue")

    def stands(self) -> dict[str, Any]:
        """What reports say as well: what may be claimed and what not."""
        return {
            "version": sim.__version__,
            "numbers": len(registry()),
            "always": list(claims.ALWAYS),
            "cohesion": claims.COHESION,
            "calibrated": claims.CALIBRATED,
            "never_fitted": claims.NEVER_FITTED,
        }
