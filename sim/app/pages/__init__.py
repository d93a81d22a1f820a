"""All pages, by address: a new one is a module here and one line in PAGES."""

from types import ModuleType
from typing import Any

import solara

from sim.app import address as link
from sim.app import tidying
from sim.app.pages import about, compare, evidence, lessons, map, person, twin, watch
from sim.app.session import Session, unfollowed
from sim.errors import InputError

PAGES: tuple[tuple[str, ModuleType], ...] = (
    ("/", watch),
    ("twin", twin),
    ("person", person),
    ("compare", compare),
    ("map", map),
    ("lessons", lessons),
    ("evidence", evidence),
    ("about", about),
)

TITLE = "Help-seeking"
visit: Any = solara.create_context(None)  # (session, version, go)


@solara.component
def Layout(children: Any = ()) -> Any:
    """What is around every page: the visitor's session, kept from page to page, moved when a link says so."""
    router = solara.use_router()
    session = solara.use_memo(lambda: Session(router.search), [])

    def follow() -> int:
        """Go where the address bar says, if that is elsewhere: after the browser's Back, or a link to another state."""
        if router.search:
            try:
                wanted = link.read(router.search)
            except InputError as problem:
                session.notice = unfollowed(problem)
            else:
                if wanted != session.address:
                    session.follow(wanted)
        session.version += 1
        return session.version

    def leave() -> None:
        """Forget the visitor."""
        session.close()
        tidying.soon()

    solara.use_effect(lambda: leave, [])
    version = solara.use_memo(follow, [router.search])
    visit.provide((session, version, router.push))
    return solara.Div(children=list(children), classes=["hs-root"])


def component(path: str, module: ModuleType) -> Any:
    """A page as Solara shows it."""

    @solara.component
    def Shown() -> Any:
        session, version, go = solara.use_context(visit)
        return module.Page.element(session=session, version=version, go_to=go, here="/" + path.strip("/"))

    return Shown


routes = [
    solara.Route(path=path, component=component(path, module), layout=Layout if path == "/" else None, label=TITLE)
    for path, module in PAGES
]
