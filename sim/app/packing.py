"""What goes to browsers goes compressed: files once for all, pages as they are made."""

import gzip
from collections.abc import MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

SMALLEST, LARGEST = 1000, 4_000_000  # bytes of what is worth it, and of what is kept
MOST = 16_000_000  # bytes of compressed files kept in all
KINDS = (b"text/", b"application/javascript", b"application/json", b"image/svg")
QUICK, SMALL = 4, 9  # how hard to try: for what is made anew each time, and for what is kept


class Packing:
    """An ASGI application around another; ``fixed`` are beginnings of paths under which nothing ever changes."""

    def __init__(self, app: Any, fixed: tuple[str, ...]) -> None:
        self.app, self.fixed = app, fixed
        self.kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}
        self.held = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer from what is kept, or pass on and compress what comes."""
        headers = dict(scope.get("headers", ()))
        plain = scope["type"] != "http" or scope["method"] != "GET" or b"range" in headers
        if plain or b"gzip" not in headers.get(b"accept-encoding", b""):
            await self.app(scope, receive, send)
            return
        fixed = scope["path"].startswith(self.fixed)
        key = f"{scope['path']}?{scope['query_string'].decode('latin-1')}" if fixed else ""
        if key in self.kept and b"if-none-match" not in headers and b"if-modified-since" not in headers:
            await answer(send, *self.kept[key])
            return
        await self.app(scope, receive, Reply(self, key, send))

    def keep(self, key: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Keep a compressed file, if there is room."""
        if key and self.held + len(body) <= MOST:
            self.held += len(body) - len(self.kept.get(key, ([], b""))[1])
            self.kept[key] = (headers, body)


class Reply:
    """Takes a reply piece by piece and sends it on compressed, once it is whole, if it is worth it."""

    def __init__(self, packing: Packing, key: str, send: Any) -> None:
        self.packing, self.key, self.send = packing, key, send
        self.start: Message = {}
        self.pieces: list[bytes] = []
        self.passing = False

    async def __call__(self, message: Message) -> None:
        """Take one message of the application's."""
        if self.passing:
            await self.send(message)
        elif message["type"] == "http.response.start":
            self.start, self.passing = message, not worth_it(message)
            if self.passing:
                await self.send(message)
        else:
            self.pieces.append(message.get("body", b""))
            if not message.get("more_body"):
                await self.whole(b"".join(self.pieces))

    async def whole(self, body: bytes) -> None:
        """Send all of it."""
        if not SMALLEST <= len(body) <= LARGEST:
            await self.send(self.start)
            await self.send({"type": "http.response.body", "body": body})
            return
        packed = gzip.compress(body, SMALL if self.key else QUICK, mtime=0)
        dropped = (b"content-length", b"accept-ranges")
        headers = [each for each in self.start["headers"] if each[0].lower() not in dropped]
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        self.packing.keep(self.key, headers, packed)
        await answer(self.send, headers, packed)


def worth_it(start: Message) -> bool:
    """Whether a reply is text that has come whole."""
    headers = {name.lower(): value for name, value in start["headers"]}
    return (
        start["status"] == 200
        and b"content-encoding" not in headers
        and headers.get(b"content-type", b"").startswith(KINDS)
    )


async def answer(send: Any, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Send a compressed reply."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
