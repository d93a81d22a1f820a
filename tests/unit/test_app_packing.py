"""What is packed is the same unpacked; files are packed once; what asks for parts or the plain is left alone."""

import asyncio
import gzip

from sim.app.packing import LARGEST, Packing

TEXT = b"a word that comes again and again " * 100


def asked(app, path="/static/a.js", **headers):
    """The status, headers and body of a reply."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"v=1", "headers": given}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, None, send))
    start = next(each for each in sent if each["type"] == "http.response.start")
    body = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
    return start["status"], dict(start["headers"]), body


def served(body=TEXT, kind=b"text/javascript", status=200):
    """An application that answers in two pieces and counts how often it is asked."""
    calls = []

    async def inner(scope, receive, send):
        calls.append(scope["path"])
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:50], "more_body": True})
        await send({"type": "http.response.body", "body": body[50:]})

    return Packing(inner, ("/static/",)), calls


def test_a_file_is_packed_once_and_is_the_same_unpacked():
    app, calls = served()
    for _ in range(3):
        status, headers, body = asked(app, accept_encoding="gzip, br")
        assert (status, gzip.decompress(body)) == (200, TEXT)
        assert headers[b"content-encoding"] == b"gzip"
        assert int(headers[b"content-length"]) == len(body) < len(TEXT)
    assert len(calls) == 1


def test_a_page_is_made_anew_each_time():
    app, calls = served(kind=b"text/html; charset=utf-8")
    for _ in range(2):
        assert gzip.decompress(asked(app, "/twin", accept_encoding="gzip")[2]) == TEXT
    assert len(calls) == 2
    assert app.held == 0


def test_who_does_not_unpack_or_wants_a_part_gets_it_plain():
    for headers in ({}, {"accept_encoding": "identity"}, {"accept_encoding": "gzip", "range": "bytes=0-9"}):
        status, sent, body = asked(served()[0], **headers)
        assert (status, body) == (200, TEXT)
        assert b"content-encoding" not in sent


def test_what_is_small_no_text_too_large_or_not_found_stays_as_it_is():
    plain = [
        served(b"few words"),
        served(kind=b"font/woff2"),
        served(b"x" * (LARGEST + 1)),
        served(status=404),
    ]
    for app, _ in plain:
        assert b"content-encoding" not in asked(app, accept_encoding="gzip")[1]
        assert app.held == 0


def test_a_browser_that_has_the_file_is_asked_through():
    app, calls = served()
    asked(app, accept_encoding="gzip")
    asked(app, accept_encoding="gzip", if_none_match='"1"')
    assert len(calls) == 2
