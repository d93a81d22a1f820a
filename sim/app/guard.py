"""What stands before the page: the headers that careful administrators expect, and a limit to who may come in."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from sim.app import plainly
from sim.app.presence import Presence

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

# Solara compiles its templates in the browser and has scripts in its page: hence eval and inline. Nothing may come from
# elsewhere, nothing may be sent elsewhere, and no other site may put the page in a frame.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "object-src 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
KEPT = b"public, max-age=86400"
STATIC = ("/static/", "/_solara/cdn/", "/jupyter/nbextensions/")
SOCKETS = "/jupyter/api/kernels/"
SPARE = 5  # lines beyond the places: several may be let in by the last one
HOME = ("127.0.0.1", "localhost", "::1")
LARGEST_BODY = 64_000  # bytes of a request: the page itself posts nothing larger than a farewell
LARGEST_WORD = 2_500_000  # bytes of one message on a socket: two files of text, in whatever script


class Guard:
    """An ASGI application around another."""

    def __init__(self, app: Any, hosts: tuple[str, ...], presence: Presence) -> None:
        """``hosts`` are the names that the page answers to (none: any), ``presence`` knows who is here."""
        self.app, self.hosts, self.presence = app, hosts, presence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or turn it away."""
        if scope["type"] == "http":
            await self._page(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ordinary request."""
        static = scope["path"].startswith(STATIC)

        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                named = {name.lower() for name, _ in message.get("headers", [])}
                added = [*HEADERS, (b"cache-control", KEPT if static and message["status"] == 200 else b"no-store")]
                keep = [each for each in message.get("headers", []) if each[0].lower() != b"server"]
                message["headers"] = keep + [each for each in added if each[0] not in named]
            await send(message)

        if not self.known_host(header(scope, b"host")):
            await refused(dressed, 421, b"This page does not answer to that name.")
        elif scope["method"] not in ("GET", "HEAD", "POST"):
            await refused(dressed, 405, b"Not here.")
        elif int_or_none(header(scope, b"content-length") or "0") not in range(LARGEST_BODY):
            await refused(dressed, 413, b"Too large.")
        elif not static and is_page(scope) and not await self.presence.make_room():
            await refused(dressed, 503, plainly.said("full", "").encode(), b"text/html; charset=utf-8")
        else:
            await self.app(scope, receive, dressed)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A browser's line to its session: only from a page of this very server."""
        host, origin = header(scope, b"host"), header(scope, b"origin")
        own = origin is None or urlsplit(origin).netloc == host
        if not own or not self.known_host(host) or self.presence.full(SPARE):
            await send({"type": "websocket.close", "code": 1008})
            return
        session = scope["path"].removeprefix(SOCKETS).partition("/")[0]
        self.presence.came(session)
        try:
            await self.app(scope, receive, send)
        finally:
            self.presence.went(session)

    def known_host(self, host: str | None) -> bool:
        """Whether the page answers to this name: no stranger's name may be bent to this computer's address."""
        if not self.hosts:
            return True
        name = urlsplit(f"//{host}").hostname if host else None
        return name in self.hosts


def is_page(scope: Scope) -> bool:
    """Whether a whole page is asked for."""
    return scope["method"] == "GET" and scope["path"] != "/readyz"


def header(scope: Scope, name: bytes) -> str | None:
    """A header of a request."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), None)


def int_or_none(text: str) -> int | None:
    """A whole number, if the text is one."""
    return int(text) if text.isascii() and text.isdigit() else None


async def refused(send: Send, status: int, why: bytes, kind: bytes = b"text/plain; charset=utf-8") -> None:
    """Turn a request away with a plain sentence."""
    headers = [(b"content-type", kind), (b"content-length", str(len(why)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why})
