"""Map: where a norm tips over two numbers of the model, from two beginnings; a click opens that community."""

from typing import Any

from sim.app import address as link
from sim.app import carried, mapping
from sim.app.address import Address
from sim.app.charted import drawn, linkable, read, title, told
from sim.app.choices import files
from sim.app.jobs import Job
from sim.app.words import words
from sim.app.working import Working
from sim.exploring import map_files

FRESH = "fresh"  # the name of the map that this visitor has had made


class Page(Working):
    """The page at /map."""

    template_file = (__file__, "map.vue")
    name = ""  # of the map that is shown
    asked: dict[str, str] | None = None  # what the fresh map is of
    fresh: dict[str, Any] | None = None
    document: dict[str, Any] | None = None  # the same, as ``helpseek map`` would write it
    taken: Job | None = None
    form = False  # whether what can be chosen has been asked for

    def stands(self) -> dict[str, Any]:
        """The maps there are, the one that is shown, and what a fresh one can be of."""
        known = sorted(map_files.stored(), key=lambda name: (not all(linkable(read(name))), name))
        shown = self.name or (known[0] if known else "")
        maps = [{"name": name, "title": title(read(name))} for name in known]
        if self.fresh and self.document:
            maps.insert(0, {"name": FRESH, "title": words()["map"]["fresh"].format(title=title(self.document))})
        return {
            "maps": maps,
            "map": self.fresh if shown == FRESH else told(shown) if shown else None,
            "form": mapping.offered() | self._own() if self.form else None,
            "chosen": self.asked or self._begun(),
        }

    def _own(self) -> dict[str, Any]:
        """What can be chosen that is this visitor's: her network, and her levers with the plans where each holds."""
        plans = [each["name"] for each in files()["plans"]]
        levers = [
            {
                "said": said,
                "plans": [plan for plan in plans if carried.fits(name, plan)],
                "names": [name, *sorted({carried.of_kind(name, plan) for plan in plans} - {""})],
            }
            for name, said in zip(self._levers, carried.told(self._levers), strict=True)
        ]
        return {"choices": files(), "own": bool(self.session.upload), "levers": levers}

    @property
    def _levers(self) -> carried.Values:
        """The levers that the visitor has moved."""
        return carried.moved(self.session.address)

    def _begun(self) -> dict[str, str]:
        """What the form begins with: the visitor's own community and plan."""
        here = self.session.address
        plan = next((each for each in here.plans if each in mapping.offered()["plans"]), "peer_leaders")
        sides = mapping.of_plan(plan)
        x = sides[0]["name"] if sides else "norms.speaking_stigma"
        wanted = {"setting": here.setting, "plan": plan, "x": x, "y": "norms.conformity"}
        return wanted | {"measure": "injunctive_norm", "fineness": "coarse", "levers": "1"}

    def moves(self) -> dict[str, Any]:
        """How far the work is; the map itself is among what stands."""
        return {key: value for key, value in super().moves().items() if key != "found"}

    def query(self) -> list[tuple[str, str]]:
        """The map that is shown."""
        if self.asked and (self.name == FRESH or (self.job and self.job.going)):
            return [(f"map_{key}", value) for key, value in self.asked.items()]
        return [("map", self.name)] if self.name else []

    def show_week(self) -> None:
        """Send what has changed; a map that is done is shown at once."""
        job = self.job
        if job is not None and job.state == "done" and job is not self.taken:
            self.taken, self.document, self.name = job, job.found, FRESH
            network = self.session.network(Address(setting=(self.asked or {})["setting"]))
            self.fresh = drawn(job.found, FRESH, network) | {"serial": self.fresh["serial"] + 1 if self.fresh else 1}
            self.show()
            return
        super().show_week()

    def vue_choose(self, name: Any) -> None:
        """Show another map."""
        known = [*([FRESH] if self.fresh else []), *sorted(map_files.stored())]
        self.name = link.one_of("map", str(name), known)
        self.show()

    def vue_open_form(self, _nothing: Any) -> None:
        """Send what a fresh map can be of."""
        self.form = True
        self.show()

    def vue_make(self, asked: Any) -> None:
        """Begin a fresh map."""
        wanted = mapping.checked(asked, own=self.session.upload is not None)
        network = self.session.network(Address(setting=wanted["setting"]))
        self.asked = wanted
        levers = self._levers if wanted["levers"] == "1" else {}
        key, once = ("map", str(network), *wanted.items(), *levers.items()), self.session.once
        self.begin(lambda tell: once(key, lambda: mapping.lived(wanted, network, tell, levers)))

    def vue_download(self, _nothing: Any) -> None:
        """Send the whole document of the fresh map."""
        if self.document is not None:
            self.frame = self.moves() | {"document": self.document}
