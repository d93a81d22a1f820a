"""The server: Solara's own parts, put together so that nothing is asked of the world outside."""

import json
import os
import re
import socket
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim import shipped
from sim.app import address as link
from sim.app import plainly, tidying
from sim.app import session as visitors
from sim.app.guard import HOME, LARGEST_WORD, SOCKETS, STATIC, Guard
from sim.app.packing import Packing
from sim.app.presence import Presence
from sim.errors import InputError

APP = "sim.app.pages"
FOLDER = Path(__file__).parent
STYLES = ("app.css", "study.css")
SCRIPTS = ("base.js", "pictures.js", "network.js", "charts.js", "parts.js", "person.js", "fans.js")
FIRST: dict[str, Any] = {}  # the picture of the community that the page begins with
LEFT = "5m"  # how long the session of a browser that went silent is kept
SILENT = 90.0  # seconds without an answer after which a line is taken to be cut: a slow browser is not a silent one
OPEN = """\
  Anyone who can reach this computer under that address can open the page: there is no password and no encryption.
  Visitors do not see each other, and nothing that they enter is stored. Use it on a network that you trust."""


def serve(words: Sequence[str], seed: int, host: str, port: int, most: int, quiet: bool) -> None:
    """Serve the page until interrupted."""
    visitors.START = beginning(words, seed)
    if not free(host, port):
        hint = f"another --port, such as {port + 1}"
        raise InputError(
            "this port is in use, or the address is not this computer's", found=f"{host}:{port}", hint=hint
        )
    say = (lambda text: None) if quiet else (lambda text: print(text, flush=True))
    warm(say)
    hosts = (*HOME, host) if host in HOME else ()
    import uvicorn

    app = application(hosts, most)
    tidying.settle()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    say(f"\n  http://{shown}:{port}/{query(visitors.START)}\n")
    if host not in HOME:
        say(OPEN)
    say("  Ctrl+C ends it.")
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        loop="asyncio", ws_max_size=LARGEST_WORD, ws_ping_timeout=SILENT, timeout_graceful_shutdown=2,
    )  # fmt: skip


def query(address: link.Address) -> str:
    """The part of a link that an address needs."""
    return "" if address == link.Address() else "?" + link.written(address)


def beginning(words: Sequence[str], seed: int) -> link.Address:
    """The address that the command line asks for: shipped names only, which every visitor may have."""
    usual = link.Address()
    settings = [word for word in words if word in shipped.names("setting")]
    plans = [word for word in words if word not in settings]
    if len(settings) > 1:
        raise InputError("one setting at a time", found=", ".join(settings))
    return link.Address(
        settings[0] if settings else usual.setting,
        tuple(link.one_of("plan", plan, shipped.names("plan")) for plan in plans if plan != "usual"),
        link.whole("--seed", str(seed), 0, link.LARGEST_SEED),
    )


def free(host: str, port: int) -> bool:
    """Whether the port can be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def warm(say: Any) -> None:
    """Have everything compiled and read before the first visitor comes."""
    from sim import compiled
    from sim.app.community import Community
    from sim.cli_progress import COMPILING

    if not compiled.is_warm():
        say(f"  {COMPILING}")
    began = time.perf_counter()
    community = Community(visitors.START)
    community.step()
    from sim.app import frames, lives
    from sim.app.choices import levers

    begun = Community(visitors.START)
    FIRST.update(frames.picture(begun) | {"ties": "", "groups": [], "with": frames.week(begun, both=False)["with"]})
    frames.week(community, both=True), frames.picture(community), levers(community), lives.life(community, 1, None)
    say(f"  ready in {time.perf_counter() - began:.1f} s: {community.people} people, twice")


def application(hosts: tuple[str, ...], most: int) -> Any:
    """The whole application, guarded."""
    settled()
    from solara.server import kernel_context

    return Guard(Packing(routed(), STATIC), hosts, Presence(kernel_context.contexts, most))


def settled() -> None:
    """Solara as it has to be here: no telemetry, no version check, no scripts from elsewhere, no files watched."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    import solara.settings
    from solara.server import settings

    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"
    settings.main.root_path = ""
    settings.main.base_url = "/"
    settings.theme.loader = "helpseek"
    settings.theme.show_banner = False
    settings.theme.variant = settings.ThemeVariant.light
    settings.assets.fontawesome_enabled = False
    settings.session.http_only = True
    settings.kernel.cull_timeout = LEFT
    settings.kernel.max_per_session = 20
    settings.state.auto_remount = True
    solara.settings.assets.proxy = True  # scripts are named by this server's own addresses
    import solara.widgets

    solara.widgets.Navigator.template_file = str(FOLDER / "navigator.vue")  # Solara's own warns and logs


def routed() -> Any:
    """The routes: Solara's page, socket and farewell, and files; its counters and test doors are left out."""
    from contextlib import asynccontextmanager

    from solara.server import app as apps
    from solara.server import server as solara_server
    from solara.server import starlette as parts
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route, WebSocketRoute
    from starlette.staticfiles import StaticFiles

    apps.apps["__default__"] = apps.AppScript(APP)
    apps.apps["__default__"].check()

    @asynccontextmanager
    async def life(_app: Any) -> Any:
        yield
        parts.on_shutdown()

    scripts = Path(solara_server.settings.assets.proxy_cache_dir)
    routes = [
        Route("/readyz", parts.readyz),
        WebSocketRoute(SOCKETS + "{kernel_id}/{name}", parts.kernel_connection),
        Route("/_solara/api/close/{kernel_id}", parts.close, methods=["POST"]),
        Mount("/_solara/cdn", StaticFiles(directory=scripts)),
        Mount("/static/assets", parts.StaticAssets()),
        Mount("/jupyter/nbextensions", parts.StaticNbFiles()),
        Mount("/static", StaticFiles(directory=solara_server.solara_static)),
        Route("/{path:path}", page, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=life)


# Solara's link to a sheet of all its typefaces and icons, a megabyte that nothing here uses and every script waits for
FONTS = re.compile(r'<link href="[^"]*/fonts\.css"[^>]*>')
FACE = re.compile(r"@font-face \{[^}]*font-style: normal;[^}]*font-weight: (400|500|700);[^}]*\}")


@cache
def faces() -> str:
    """The few typefaces that the page does use, out of that sheet, each under its address here."""
    from solara.server import server as solara_server

    scripts = Path(solara_server.settings.assets.proxy_cache_dir)
    sheet = next(iter(sorted(scripts.glob("@widgetti/solara-vuetify-app@*/dist/fonts.css"))), None)
    if sheet is None:
        return ""
    folder = "/_solara/cdn/" + sheet.parent.relative_to(scripts).as_posix()
    found = [each[0] for each in FACE.finditer(sheet.read_text(encoding="utf-8")) if "'Roboto'" in each[0]]
    return re.sub(r"url\((?=[\w.]+\))", f"url({folder}/", "".join(found))


async def page(request: Any) -> Any:
    """Any page: Solara's frame with our own head, and a cookie that ties a browser to its sessions."""
    from uuid import uuid4

    from solara.server import server as solara_server
    from starlette.responses import HTMLResponse

    content = solara_server.read_root(request.url.path, "", render_kwargs=head(request.url.path, request.url.query))
    if content is None:
        return HTMLResponse(plainly.said("nowhere"), status_code=404)
    response = HTMLResponse(FONTS.sub("", content))
    key = solara_server.COOKIE_KEY_SESSION_ID
    response.set_cookie(key, request.cookies.get(key) or str(uuid4()), httponly=True, samesite="strict")
    return response


def head(path: str, query: str) -> dict[str, Any]:
    """What our template puts into the page: words, colours, styles, scripts, and what is seen before they have run."""
    from sim.app import palette
    from sim.app.pages import PAGES
    from sim.app.words import words

    names = [path.strip("/") or "watch" for path, _ in PAGES]
    plain = path == "/" and query in ("", link.written(visitors.START))

    def stamped(name: str) -> str:
        return f"/static/assets/{name}?v={int((FOLDER / 'assets' / name).stat().st_mtime)}"

    data = {"words": words(), "pages": ["/" + path.strip("/") for path, _ in PAGES]}
    return {
        "helpseek": {
            "css": palette.css() + faces(),
            "styles": [stamped(name) for name in STYLES],
            "scripts": [stamped(name) for name in SCRIPTS],
            "data": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
            "words": words(),
            "pages": names,
            "here": path.strip("/") or "watch",
            "first": json.dumps(FIRST) if plain and FIRST else "",
        }
    }
