"""Who is here: how many sessions there are, and whose place may go to somebody who comes.

A browser that leaves says so, and its session ends at once. One that cannot (it crashed, its computer sleeps, the
network is gone) is waited for; but when all places are taken, whoever has been silent for a while makes room. Nothing
is lost by that: the link in the address bar holds the state.
"""

import asyncio
import time
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

GRACE = 20.0  # seconds that a line may be cut before its place may be given away: a browser comes back within a few


class Presence:
    """The sessions of a server, with those that nobody has a line to any more."""

    def __init__(self, sessions: Mapping[str, Any], most: int) -> None:
        """``sessions`` are Solara's, by name, as they come and go; ``most`` is how many there may be."""
        self.sessions, self.most = sessions, most
        self._lines: dict[str, int] = {}
        self._silent: dict[str, float] = {}

    def came(self, name: str) -> None:
        """A browser has opened a line to a session."""
        self._lines[name] = self._lines.get(name, 0) + 1
        self._silent.pop(name, None)

    def went(self, name: str) -> None:
        """A line was closed or cut: if it was the last, the session is silent from now on."""
        left = self._lines.pop(name) - 1
        if left:
            self._lines[name] = left
        elif name in self.sessions:
            self._silent[name] = time.monotonic()

    def full(self, spare: int = 0) -> bool:
        """Whether all places, and ``spare`` more, are taken."""
        return len(self.sessions) >= self.most + spare

    async def make_room(self) -> bool:
        """Whether there is a place: if need be that of whoever has been silent for longest, and for long enough."""
        for name, since in sorted(self._silent.items(), key=itemgetter(1)):
            session = self.sessions.get(name)
            if session is None:
                self._silent.pop(name, None)
            elif self._silent.get(name) == since and self.full() and time.monotonic() - since >= GRACE:
                del self._silent[name]  # first: while it is closed others may ask for room, or come back
                await asyncio.to_thread(session.close, "evicted")
        return not self.full()
