"""What a setting, a plan and a scenario may say: every field with its type, unit, range and meaning."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from sim import shipped

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weeks = Annotated[int, Field(ge=0, le=5200)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Extends = Annotated[
    str | None,
    Field(
        pattern=r"^([a-z][a-z0-9_]{0,63}|[^/\\\\:]{1,100}\.yaml)$",
        description="a shipped file by its name, or a file in the same folder by its name and .yaml",
    ),
]


class Strict(BaseModel):
    """A part of a file: unknown keys are refused, nothing is converted silently, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Unit(Strict):
    """One level of a community, from the inside out: class, grade, school. The first level is the group."""

    name: Name
    size: Annotated[float, Field(ge=2, le=1e8, description="members in one unit; the outermost unit holds everybody")]
    ties: Annotated[
        float, Field(ge=0, le=200, description="mean ties of a person to others of this unit outside the inner one")
    ]
    leaders: Annotated[int, Field(ge=0, le=100, description="leaders or trusted adults added to each unit")] = 0
    clustering: Annotated[Share, Field(description="share of these ties that go to near neighbours in the unit")] = 0.5


class Dissolve(Strict):
    """Groups dissolve: people move to new groups, old ties become bridges."""

    kind: Literal["dissolve"]
    week: Annotated[int, Field(ge=1, le=5200)]
    size: Annotated[float, Field(ge=2, le=1e6, description="members in each new group")]
    ties: Annotated[float, Field(ge=0, le=100, description="mean ties of a person in the new group")]


class Stress(Strict):
    """A stressful time: the onset hazard is multiplied."""

    kind: Literal["stress"]
    week: Annotated[int, Field(ge=1, le=5200)]
    length: Annotated[int, Field(ge=1, le=5200, description="weeks")]
    factor: Annotated[float, Field(gt=0, le=20, description="ratio on the onset hazard")]


Event = Annotated[Dissolve | Stress, Field(discriminator="kind")]


class Network(Strict):
    """One's own network, instead of a made one."""

    people: Annotated[str | None, Field(description="file of people: id, and if known group and role")] = None
    ties: Annotated[str, Field(description="file of ties: CSV with source and target, GraphML, or another graph file")]

    # A shipped file is stored by a name that means the same on every machine, and is a path in memory.

    @field_validator("people", "ties")
    @classmethod
    def locate(cls, value: str | None) -> str | None:
        """The path on this machine."""
        return None if value is None else shipped.located(value)

    @field_serializer("people", "ties", when_used="json")
    def store(self, value: str | None) -> str | None:
        """The name to write down."""
        return None if value is None else shipped.portable(value)


class Setting(Strict):
    """Who and where: a community without any intervention."""

    kind: Literal["setting"]
    extends: Extends = None
    title: Annotated[str, Field(max_length=120)]
    description: Annotated[str, Field(max_length=4000)]
    people: Annotated[int, Field(ge=2, le=100_000_000, description="members; leaders come on top")] | None = None
    units: Annotated[tuple[Unit, ...], Field(max_length=8)] = ()
    network: Network | None = None
    parameters: dict[str, float] = {}
    events: Annotated[tuple[Event, ...], Field(max_length=100)] = ()
    burn_in: Annotated[Weeks, Field(description="weeks lived before week 0")] = 156
    weeks: Annotated[int, Field(ge=1, le=5200, description="weeks simulated unless asked otherwise")] = 52
    notes: Annotated[str, Field(max_length=4000)] = ""


class Booster(Strict):
    """A repeated, shorter delivery."""

    week: Annotated[int, Field(ge=1, le=5200, description="weeks after the start")]
    strength: Annotated[float, Field(ge=0, le=2, description="share of the first delivery's strength")] = 1.0


class Cost(Strict):
    """What an intervention costs. Figures without a source are for the user to fill in."""

    fixed: Annotated[float, Field(ge=0)] = 0.0
    per_person: Annotated[float, Field(ge=0, description="for each person reached")] = 0.0
    per_week: Annotated[float, Field(ge=0, description="for each week at full strength")] = 0.0
    currency: Annotated[str, Field(max_length=8)] = "USD"
    source: Annotated[str, Field(max_length=400)] = "yours to fill in"


class Intervention(Strict):
    """One intervention of a plan: who is reached, when, how strongly, for how long, at what cost."""

    kind: Name
    start: Annotated[int, Field(ge=1, le=5200, description="first week")] = 1
    length: Annotated[int, Field(ge=1, le=5200, description="weeks at full strength")] = 1
    who: Annotated[Literal["everyone", "members", "leaders"], Field(description="who is eligible")] = "members"
    unit: Annotated[Literal["person", "group"], Field(description="whether persons or whole groups are chosen")] = (
        "person"
    )
    reach: Annotated[Share, Field(description="share of those eligible who are reached")] = 1.0
    seeding: Annotated[
        Literal["random", "degree", "betweenness", "k_core", "nominated", "group_spread"],
        Field(description="how those reached are chosen"),
    ] = "random"
    groups: Annotated[
        tuple[str, ...], Field(max_length=10_000, description="only these groups; none named means all")
    ] = ()
    fidelity: Annotated[Share, Field(description="how faithfully it is delivered")] = 1.0
    dose: Annotated[float, Field(ge=0, le=5, description="1 is the published dose")] = 1.0
    half_life: Annotated[
        float | None, Field(ge=0, le=5200, description="weeks in which the effect halves afterwards; nothing keeps it")
    ] = None
    boosters: Annotated[tuple[Booster, ...], Field(max_length=200)] = ()
    effects: Annotated[dict[str, float], Field(description="handles that differ from the registry's values")] = {}
    cost: Cost = Cost()


class Plan(Strict):
    """What is done: any number of interventions, by name."""

    kind: Literal["plan"]
    extends: Extends = None
    title: Annotated[str, Field(max_length=120)]
    description: Annotated[str, Field(max_length=4000)]
    interventions: dict[Name, Intervention] = {}
    notes: Annotated[str, Field(max_length=4000)] = ""


class Scenario(Strict):
    """A setting with a plan, resolved: all that a world needs besides its seed."""

    setting_name: str
    plan_names: tuple[str, ...]
    setting: Setting
    interventions: dict[Name, Intervention]
    parameters: Annotated[dict[str, float], Field(description="every parameter of the registry, resolved")]
    weeks: Annotated[int, Field(ge=1, le=5200, description="weeks simulated")]
    origins: Annotated[
        dict[str, str], Field(description="where a parameter that differs, or an intervention, was written")
    ] = {}

    def digest(self) -> str:
        """The SHA-256 of all that makes the scenario what it is: equal digests mean equal runs on equal seeds."""
        parts = self.model_dump(mode="json", exclude={"origins"})
        if self.setting.network:
            named = {"people": self.setting.network.people, "ties": self.setting.network.ties}
            parts["setting"]["network"] = {name: file and contents(file) for name, file in named.items()}
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def contents(file: str) -> str:
    """The SHA-256 of a file's contents; of a file that is gone, its name must do."""
    try:
        with Path(file).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return file
