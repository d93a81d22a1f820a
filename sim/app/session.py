"""What one visitor has: an address and the community at it, hers alone, gone when she leaves."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from sim.app import address as link
from sim.app.address import Address
from sim.app.community import Community
from sim.app.uploads import Upload
from sim.app.words import words
from sim.errors import InputError
from sim.scenario import Network

MOST_KEPT = 8  # findings of one visitor, some hundred kilobytes each at most
START = Address()  # what is shown when a link says nothing; the command line sets it


class Session:
    """One visitor's address, community, and what has gone wrong, if anything."""

    def __init__(self, query: str | None) -> None:
        self.notice = ""
        self.version = 0  # of what all pages show
        self.lock = threading.RLock()
        self.upload: Upload | None = None
        self.kept: dict[Hashable, Any] = {}
        try:
            chosen = link.read(query) if query else START
        except InputError as problem:
            chosen, self.notice = START, unfollowed(problem)
        self.community = self._made(chosen)

    @property
    def address(self) -> Address:
        """Where the visitor is now, week included."""
        return replace(self.community.address, week=self.community.week)

    def _made(self, chosen: Address) -> Community:
        """The community at an address; if it cannot be, the one that the page begins with."""
        try:
            return Community(chosen, self.network(chosen))
        except InputError as problem:
            self.notice = unfollowed(problem)
            return Community(Address())

    def network(self, chosen: Address) -> Network:
        """The files of an address: the visitor's own, if it is about these; no link can name anybody's files."""
        if chosen.setting != link.OWN:
            return None
        if self.upload is None:
            why = "this link is about somebody's own network, which stayed with her: upload yours to see it"
            raise InputError(why, key="setting", found=link.OWN)
        return self.upload.files

    def bring(self, asked: object) -> None:
        """Take a visitor's own network and go there; if it will not do, all stays as it is."""
        upload = Upload(asked)
        try:
            community = Community(Address(setting=link.OWN, seed=self.address.seed), upload.files)
        except InputError:
            upload.close()
            raise
        self.close()
        self.upload, self.community, self.notice = upload, community, ""

    def once(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What a piece of work found, done once: whoever goes to see a community and comes back finds it again."""
        if key in self.kept:
            return self.kept[key]
        found = work()
        self.kept = dict([*self.kept.items(), (key, found)][-MOST_KEPT:])
        return found

    def close(self) -> None:
        """Forget what the visitor brought, and what was found of it."""
        self.kept = {}
        if self.upload is not None:
            self.upload.close()
            self.upload = None

    def move(self, chosen: Address) -> None:
        """Go to another address; lives already lived are kept where they are the same."""
        with self.lock:
            self.notice = ""
            here = self.community
            if here.address.same_life(chosen) and here.week <= chosen.week:
                here.address = chosen
                here.go(chosen.week)
            else:
                self.community = Community(chosen, self.network(chosen))

    def follow(self, chosen: Address) -> None:
        """Go where a link says; if that cannot be, stay and say why."""
        try:
            self.move(chosen)
        except InputError as problem:
            self.notice = unfollowed(problem)


def unfollowed(problem: InputError) -> str:
    """That a link was not followed, and why."""
    return f"{words()['site']['not_followed']}\n{problem}"
