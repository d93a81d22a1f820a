"""What every page is made of: a widget that shows what it is given, and answers only what it has a method for."""

import logging
from typing import Any

import ipyvue
import traitlets
from ipyvue.VueTemplateWidget import Events

from sim.app import address as link
from sim.app import uploads
from sim.app.session import Session
from sim.errors import InputError

LARGEST_MESSAGE = 8_000  # characters of what a browser says at once
LARGEST_UPLOAD = 2 * uploads.LARGEST + 8_000  # the same where files are taken
logger = logging.getLogger(__name__)


class View(ipyvue.VueTemplate):
    """A page's widget. Its template is the .vue file beside its module; it can be asked for its ``vue_<name>`` methods.

    ``still`` is what changes seldom, ``frame`` what changes every week, ``notice`` what went wrong, in words.
    """

    here = traitlets.Unicode("/").tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    still = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    turn = traitlets.Int(0).tag(sync=True)  # how many questions have been answered
    version = traitlets.Int(0)
    session: Session = traitlets.Instance(Session)  # type: ignore[assignment]
    go_to = traitlets.Any()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._shown = 0
        super().__init__(*arguments, **named)
        self.observe(lambda change: self.show(), "version")
        self.show()

    def show(self) -> None:
        """Send everything."""
        self.notice = self.session.notice
        self._shown += 1
        self.still = self.stands() | {"shown": self._shown}  # what is shown anew is new, were it the same
        self.show_week()

    def show_week(self) -> None:
        """Send what a week has changed."""
        self.frame = self.moves()
        self.link = link.written(self.session.address)  # last: who sees the link sees what it names

    def stands(self) -> dict[str, Any]:
        """What the page shows that stays from week to week."""
        return {}

    def moves(self) -> dict[str, Any]:
        """What the page shows that changes from week to week."""
        return {}

    def _handle_event(self, _widget: Any, content: Any, buffers: Any) -> None:
        """Take an event from the browser: a plain one, by the name of a method, and never a widget to make."""
        name = content.get("event") if isinstance(content, dict) else None
        method = getattr(self, f"vue_{name}", None) if isinstance(name, str) and name.isidentifier() else None
        if method is None or buffers or size(content) > (LARGEST_UPLOAD if name == "upload" else LARGEST_MESSAGE):
            logger.warning("refused a message from a browser")
            return
        try:
            with self.session.lock:
                method(content.get("data"))
        except InputError as problem:
            self.notice = str(problem)
        except Exception:
            logger.exception("a page could not answer %s", name)
            self.notice = "This could not be done. The page goes on; the server's log has the reason."
        finally:
            self.turn += 1

    def vue_go(self, where: Any) -> None:
        """Open another page with the same state."""
        if isinstance(where, str) and where.startswith("/") and len(where) < 2 * link.LONGEST_LINK and self.go_to:
            self.go_to(where)

    def vue_dismiss(self, _nothing: Any) -> None:
        """Take the notice away."""
        self.session.notice = self.notice = ""


def size(said: Any) -> int:
    """How many characters something holds that came as JSON."""
    if isinstance(said, dict):
        return sum(len(key) + size(value) for key, value in said.items())
    if isinstance(said, list):
        return sum(size(each) for each in said)
    return len(said) if isinstance(said, str) else 8


def refuse_widgets(_self: Any, _widget: Any, content: Any, buffers: Any) -> None:
    """In place of ipyvue's own handler, which would make any class of any module that a browser names."""
    name = content.get("event") if isinstance(content, dict) else None
    method = getattr(_self, f"vue_{name}", None) if isinstance(name, str) and name.isidentifier() else None
    if method is not None and not buffers:
        method(content.get("data", {}))


Events._handle_event = refuse_widgets
