"""Evidence: every number of the model with its range, grade and sources, and what was read of each source."""

from functools import cache
from typing import Any

from sim.app.view import View
from sim.params import GRADES, KINDS, references, registry


class Page(View):
    """The page at /evidence."""

    template_file = (__file__, "evidence.vue")

    def stands(self) -> dict[str, Any]:
        """The whole ledger."""
        return ledger()


@cache
def ledger() -> dict[str, Any]:
    """Every number and every source, as the registry has them, and how many numbers have which grade."""
    numbers = [
        {
            "name": each.name,
            "label": each.label,
            "meaning": each.meaning,
            "value": each.value,
            "unit": each.unit,
            "low": each.low,
            "high": each.high,
            "kind": each.kind,
            "grade": each.evidence,
            "why": each.why,
            "sources": list(each.sources),
        }
        for each in registry().values()
    ]
    counts = {grade: sum(each.evidence == grade for each in registry().values()) for grade in GRADES}
    return {
        "numbers": numbers,
        "sources": {key: source(each) for key, each in references().items()},
        "grades": GRADES,
        "kinds": KINDS,
        "counts": counts,
    }


def source(reference: Any) -> dict[str, Any]:
    """One source; a DOI is shown as text to copy, as the page works without internet."""
    return {
        "text": ". ".join(
            part.rstrip(".")
            for part in (
                reference.authors + (f" ({reference.year})" if reference.year else ""),
                reference.title,
                reference.journal,
            )
            if part
        ),
        "where": f"doi {reference.doi}" if reference.doi else reference.url,
        "note": reference.note,
    }
