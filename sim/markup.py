"""Pieces of HTML, all text in them escaped."""

from collections.abc import Iterable, Sequence
from html import escape


def paragraphs(texts: Iterable[str]) -> str:
    """Texts, each a paragraph, its first letter large."""
    return "\n".join(f"<p>{escape(text[:1].upper() + text[1:])}</p>" for text in texts)


def bullets(texts: Iterable[str]) -> str:
    """Texts as a list."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def whole(cell: str) -> str:
    """What keeps a number in one piece, in a table of texts."""
    return ' class="figure"' if cell and not cell.strip("−+-0123456789.,%") else ""


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = True, units: bool = False
) -> str:
    """A table: the first cell of a row says what the row is, with its unit second if ``units``."""
    right = ' class="number"' if numbers else ""
    first, *others = head
    made = [f'<div class="wide"><table><caption>{escape(caption)}</caption>']
    made.append(f'<thead><tr><th scope="col">{escape(first)}</th>')
    made += [f'<th scope="col"{right}>{escape(each)}</th>' for each in others]
    made.append("</tr></thead><tbody>")
    for name, *cells in rows:
        unit = f' <span class="quiet">{escape(cells.pop(0))}</span>' if units else ""
        made.append(f'<tr><th scope="row">{escape(name)}{unit}</th>')
        made += [f"<td{right or whole(each)}>{escape(each)}</td>" for each in cells]
        made.append("</tr>")
    return "\n".join([*made, "</tbody></table></div>"])
