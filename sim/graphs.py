"""Graph files in, people and ties out: GraphML, GEXF, GML, Pajek and node-link JSON."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

from sim.errors import InputError, shown
from sim.rosters import Namings, Roster, leads, trust_of

DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
ENTITIES = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def graphml(text: str):
    """A GraphML graph; ``text`` is already decoded, so no encoding that it declares applies any more."""
    import networkx

    return networkx.parse_graphml(text)


def gexf(text: str):
    """A GEXF graph."""
    import networkx

    return networkx.read_gexf(io.BytesIO(text.encode()))


def gml(text: str):
    """A GML graph; people go by label if all have one, else by id."""
    import networkx

    try:
        return networkx.parse_gml(text, label="label")
    except networkx.NetworkXError as error:
        if "'label' attribute" not in str(error):
            raise
        return networkx.parse_gml(text, label="id")


def pajek(text: str):
    """A Pajek graph."""
    import networkx

    return networkx.parse_pajek(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    ".graphml": graphml,
    ".gexf": gexf,
    ".gml": gml,
    ".net": pajek,
    ".pajek": pajek,
}
XML = (".graphml", ".gexf")


def read_graph(file: str, text: str, ending: str) -> tuple[Roster, Namings]:
    """People and ties of a graph file; group, role and trust may stand as attributes."""
    if ending == ".json":
        return read_node_link(file, text)
    if ending in XML:
        if found := ENTITIES.search(text):
            line = text.count("\n", 0, found.start()) + 1
            allowed = "a file without DOCTYPE or ENTITY, which could make it swell or read other files"
            raise InputError("this XML is not read", file=file, line=line, found=found.group(), allowed=allowed)
        text = DECLARATION.sub("", text, count=1)
    try:
        graph = PARSERS[ending](text)
        people = [(node, data) for node, data in graph.nodes(data=True)]
        ties = [(source, target, data) for source, target, data in graph.edges(data=True)]
        mutual = not graph.is_directed()
    except Exception as error:  # the parsers of other people raise whatever comes: all of it means a broken file
        said = f": {error}" if str(error) else ""
        raise InputError(f"this {ending} file cannot be read{said}", file=file) from None
    return gather(file, people, ties, mutual)


def read_node_link(file: str, text: str) -> tuple[Roster, Namings]:
    """People and ties of a node-link JSON file, as NetworkX and D3 write it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"this is no JSON: {error.msg}", file=file, line=error.lineno) from None
    except (ValueError, RecursionError):
        raise InputError("this is no JSON that can be read", file=file) from None
    if not isinstance(data, dict):
        raise InputError("the file must hold nodes and links", file=file, found=shown(data))
    links = "links" if "links" in data else "edges"
    for key in ("nodes", links):
        if not isinstance(data.get(key), list):
            raise InputError("a list is missing", file=file, key=key, found=shown(data.get(key)), allowed="a list")
    people = [(part(file, item, "nodes", k, "id"), item) for k, item in enumerate(data["nodes"])]
    ties = [
        (part(file, item, links, k, "source"), part(file, item, links, k, "target"), item)
        for k, item in enumerate(data[links])
    ]
    directed = data.get("directed", False)
    if not isinstance(directed, bool):
        raise InputError("this is neither true nor false", file=file, key="directed", found=shown(directed))
    return gather(file, people, ties, not directed)


def part(file: str, item: Any, where: str, number: int, key: str) -> str | int | float:
    """One end of a link, or the id of a node."""
    value = item.get(key) if isinstance(item, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(
            "an id is missing",
            file=file,
            key=f"{where}.{number}.{key}",
            found=shown(value),
            allowed="a text or a number",
        )
    return value


def gather(file: str, people: list, ties: list, mutual: bool) -> tuple[Roster, Namings]:
    """The same as tables give it."""
    roster, namings = Roster(file), Namings(file)
    ignored: dict[str, None] = {}
    for node, data in people:
        known = {str(key).casefold(): value for key, value in data.items()}
        roster.ids.append(str(node).strip())
        roster.groups.append(said(known.pop("group", None)))
        roster.leads.append(leads(said(known.pop("role", None)), file, None))
        ignored |= dict.fromkeys(key for key in known if key not in ("id", "label"))
    for source, target, data in ties:
        known = {str(key).casefold(): value for key, value in data.items()}
        namings.sources.append(str(source).strip())
        namings.targets.append(str(target).strip())
        namings.trust.append(trust_of(said(known.get("trust")), file, None))
        namings.mutual.append(mutual)
    roster.ignored = tuple(ignored)
    return roster, namings


def said(value: Any) -> str:
    """An attribute as text; nothing if it is missing."""
    return "" if value is None else str(value).strip()
