"""What a study's file may say: scenarios, what is varied, seeds, and the few measures that are kept."""

from typing import Annotated, Literal

from pydantic import Field

from sim.schema import Strict

Value = float | str | bool | None
PlanName = Annotated[str, Field(min_length=1, max_length=400)]


class Over(Strict):
    """The values of one name: a list, or a span; with a sample, the span it is drawn from."""

    values: Annotated[
        tuple[Value | tuple[Value, ...], ...] | None, Field(max_length=100_000, description="each value, in a list")
    ] = None
    low: Annotated[float | None, Field(description="begin of a span")] = None
    high: Annotated[float | None, Field(description="end of a span")] = None
    steps: Annotated[int | None, Field(ge=2, le=100_000, description="values in the span, both ends included")] = None


class Sampling(Strict):
    """Points spread over all spans at once, instead of every combination."""

    method: Annotated[
        Literal["latin_hypercube", "sobol", "saltelli", "random"], Field(description="how points are spread")
    ] = "latin_hypercube"
    points: Annotated[int, Field(ge=1, le=100_000_000, description="how many; for saltelli SALib's N")]
    seed: Annotated[int, Field(ge=0, le=2**32 - 1, description="another seed, another sample")] = 1
    second_order: Annotated[bool, Field(description="with saltelli: points for second-order indices too")] = False


class StudyFile(Strict):
    """A study: every plan at every point with every seed."""

    kind: Literal["study"]
    title: Annotated[str, Field(max_length=120)]
    description: Annotated[str, Field(max_length=4000)]
    settings: Annotated[
        tuple[str, ...], Field(min_length=1, max_length=100, description="shipped settings, or files that end in .yaml")
    ]
    plans: Annotated[
        tuple[PlanName, ...], Field(min_length=1, max_length=1000, description="a+b are two plans acting together")
    ] = ("usual",)
    set: Annotated[dict[str, Value], Field(description="what is changed in every scenario, by its name")] = Field(
        default_factory=dict
    )
    vary: Annotated[
        dict[str, Over], Field(max_length=1000, description="what differs from point to point, by its name")
    ] = Field(default_factory=dict)
    sample: Sampling | None = None
    seeds: Annotated[int, Field(ge=1, le=1_000_000, description="how many seeds each point is lived with")] = 1
    uncertainty: Annotated[
        Literal["none", "posterior"],
        Field(description="posterior: every seed draws its parameters too, as the data allow"),
    ] = "none"
    first_seed: Annotated[int, Field(ge=0, le=2**63, description="the first of them")] = 1
    measures: Annotated[tuple[str, ...], Field(min_length=1, max_length=200, description="what is kept of each world")]
    at: Annotated[
        tuple[Literal["mean", "final"] | Annotated[int, Field(ge=0, le=5200)], ...],
        Field(min_length=1, max_length=100, description="mean (all weeks pooled), final (the last week), or weeks"),
    ] = ("mean",)
    chunk: Annotated[
        int | None, Field(ge=1, le=1_000_000, description="worlds lived and stored together; usually left out")
    ] = None
    notes: Annotated[str, Field(max_length=4000)] = ""
