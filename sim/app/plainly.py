"""What is said where there is no page to show: a sentence and a way on, as HTML that needs no script."""

from html import escape

from sim.app.words import words

STYLE = "body{font:20px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1.2em}"


def said(key: str, path: str = "/") -> str:
    """A sentence of the page's words, with a link to go on by; an empty path asks for the same once more."""
    site = words()["site"]
    sentence, onward = (escape(site[each]) for each in (key, key + "_onward"))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(site["name"])}</title><style>{STYLE}</style>'
        f'<h1>{escape(site["name"])}</h1><p>{sentence}</p><p><a href="{escape(path)}">{onward}</a></p></html>'
    )
