"""What pages with long work share: whoever has the page open begins it, looks at it and stops it; it ends with her."""

from collections.abc import Callable
from typing import Any

from sim.app import address as link
from sim.app.jobs import Job, Tell
from sim.app.view import View

IDLE = {"state": "idle", "share": 0.0, "problem": ""}


class Working(View):
    """A page that has something worked out beside it; the browser asks how far it is."""

    job: Job | None = None

    def moves(self) -> dict[str, Any]:
        """How far the work is; once it is done, what was found."""
        if self.job is None:
            return dict(IDLE)
        seen = self.job.look()
        return seen | ({"found": self.job.found} if seen["state"] == "done" else {})

    def query(self) -> list[tuple[str, str]]:
        """What the link of this page holds beside the visitor's own state."""
        return []

    def show(self) -> None:
        """Send everything, with a link that brings back this page."""
        super().show()
        self._link()

    def show_week(self) -> None:
        """Send what has changed."""
        super().show_week()
        self._link()

    def _link(self) -> None:
        """Write this page's own part of the link behind the visitor's."""
        from urllib.parse import urlencode

        own = urlencode(self.query())
        self.link = link.written(self.session.address) + ("&" + own if own else "")

    def begin(self, work: Callable[[Tell], Any]) -> None:
        """Begin a piece of work; an earlier one is stopped."""
        self.end()
        self.job = Job(work)
        self.show_week()

    def end(self) -> None:
        """Stop the work and forget it."""
        if self.job is not None:
            self.job.stop()
        self.job = None

    def close(self) -> None:
        """Whoever looks away from the page has no use for the rest."""
        self.end()
        super().close()

    def vue_look(self, _nothing: Any) -> None:
        """Say how far it is."""
        self.show_week()

    def vue_stop(self, _nothing: Any) -> None:
        """Stop."""
        if self.job is not None:
            self.job.stop()
            self.job.thread.join(2.0)
        self.show_week()
