"""What a trial's file may say: design, arms, follow-ups, instruments, losses, and what was reported."""

from typing import Annotated, Literal

from pydantic import Field

from sim.schema import Extends, Name, Share, Strict

BASELINE = "baseline"  # the occasion before anything is done
ARM_SCALES = ("share", "mean", "gain")  # effects within one arm
LOG_SCALES = ("odds_ratio", "rate_ratio", "slope_odds_ratio")  # effects analysed as logarithms

Week = Annotated[int, Field(ge=0, le=520)]
Text = Annotated[str, Field(max_length=4000)]
Change = bool | int | float | str
Effect = Literal[
    "smd",
    "difference",
    "odds_ratio",
    "rate_ratio",
    "risk_difference",
    "share",
    "mean",
    "gain",
    "slope_odds_ratio",
    "z",
    "ratio",
]


class Design(Strict):
    """Who is randomised to what, and within what."""

    randomise: Annotated[
        Literal["groups", "people", "communities", "nobody"],
        Field(description="the unit of randomisation; nobody: one arm, compared with itself before"),
    ]
    pairs: Annotated[bool, Field(description="similar units are matched, and one of each match goes to each arm")] = (
        False
    )
    within: Annotated[
        Name | None, Field(description="a unit of the setting within which units are matched or shared out")
    ] = None
    communities: Annotated[int, Field(ge=1, le=2000, description="separate communities in one trial")] = 1
    who: Annotated[Literal["members", "everyone"], Field(description="who may take part")] = "members"
    participants: Annotated[
        int | None,
        Field(ge=4, description="so many people, or groups, take part in each community, drawn at random; else all"),
    ] = None


class Arm(Strict):
    """One arm: the plans that are carried out in it. An active control is a plan too."""

    title: Annotated[str, Field(max_length=120)]
    plans: Annotated[
        tuple[str, ...], Field(max_length=20, description="shipped plans, or files that end in .yaml")
    ] = ()
    changes: Annotated[
        dict[str, Change],
        Field(default_factory=dict, description="fields of these plans that differ: dose, reach, start"),
    ]
    share: Annotated[float | None, Field(gt=0, lt=1, description="share of the units; equal unless given")] = None


class FollowUp(Strict):
    """One occasion of measuring."""

    week: Annotated[Week, Field(description="weeks after week 0, the baseline unless it says another")]
    retained: Annotated[float, Field(gt=0, le=1, description="share of those randomised who are measured")] = 1.0


class Attrition(Strict):
    """Who is lost: anyone alike, or rather those who score high on an instrument."""

    by: Annotated[Name | None, Field(description="a measure; none: losses are completely at random")] = None
    when: Annotated[
        Literal["baseline", "then"], Field(description="whether its value at baseline or at the follow-up counts")
    ] = "then"
    odds_ratio: Annotated[float, Field(gt=0, le=100, description="odds of being lost for each SD more of it")] = 1.0


class Measure(Strict):
    """An instrument: the true state with error, on a scale, with a cut-point if it sorts people in two."""

    of: Annotated[Name, Field(description="what is observed; `helpseek schema trial` lists what there is")]
    weeks: Annotated[
        int | None, Field(ge=1, le=520, description="of what people do: in so many weeks; else since the baseline")
    ] = None
    horizon: Annotated[
        int, Field(ge=1, le=520, description="of an intention: to ask within so many weeks if in need")
    ] = 4
    reliability: Annotated[float, Field(gt=0, le=1, description="true variance over variance of the score")] = 1.0
    scale: Annotated[
        Literal["points", "normal"],
        Field(description="normal: a normal score, as an adaptive test gives, by its place among all at baseline"),
    ] = "points"
    rounded: Annotated[bool, Field(description="whole points only")] = False
    lowest: float | None = None
    highest: float | None = None
    cut: Annotated[
        float | str | None, Field(description="yes from this score on; a number, or a parameter of the registry")
    ] = None
    top_share: Annotated[
        float | None, Field(gt=0, lt=1, description="yes for this share of all at baseline, the highest scores")
    ] = None
    below: Annotated[bool, Field(description="yes below the cut-point instead")] = False
    note: Text = ""

    @property
    def binary(self) -> bool:
        """Whether it sorts people in two."""
        return self.cut is not None or self.top_share is not None


class Published(Strict):
    """What was reported; an end of the interval that is left out is open."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    interval: Annotated[
        Literal["published", "derived", "chosen"] | None, Field(description="where the interval comes from")
    ] = None
    source: Annotated[str, Field(description="keys of references.yaml, joined by commas; or yours in words")]
    evidence: Annotated[
        Literal["read", "second_hand", "derived", "assumed"], Field(description="how well the figure is known")
    ]
    statement: Text = ""
    note: Text = ""


class Outcome(Strict):
    """One result of the trial: which measure, when, of whom, analysed how, and what was reported."""

    name: Annotated[Name | None, Field(description="as the records name it; its own key unless given")] = None
    title: Annotated[str, Field(max_length=200)]
    measure: Name | None = None
    at: Annotated[tuple[Name, ...], Field(description="follow-ups; several: yes at any of them")] = ()
    effect: Effect
    arm: Annotated[Name | None, Field(description="the arm that is compared, or the only one; else the last")] = None
    against: Annotated[Name | None, Field(description="the arm it is compared with; else the first")] = None
    among: Annotated[Name | None, Field(description="only those for whom this measure says yes at baseline")] = None
    not_among: Annotated[Name | None, Field(description="only those for whom it says no at baseline")] = None
    adjust: Annotated[tuple[Name, ...], Field(description="measures at baseline that the analysis adjusts for")] = ()
    on: Annotated[Name | None, Field(description="slope_odds_ratio: the measure that the odds change with")] = None
    of: Annotated[
        tuple[Name, ...], Field(max_length=2, description="ratio: two outcomes, the first over the second")
    ] = ()
    analysis: Annotated[
        Literal["mixed", "gee"] | None,
        Field(description="mixed model or GEE; else mixed for scores, GEE for yes or no and for counts"),
    ] = None
    working: Annotated[Literal["exchangeable", "independence"], Field(description="GEE: working correlation")] = (
        "exchangeable"
    )
    primary: Annotated[bool, Field(description="power is worked out for it")] = False
    used_for: Literal["fit", "held_out", "none"] = "none"
    published: Published | None = None


class TrialFile(Strict):
    """A trial as data."""

    kind: Literal["trial"]
    extends: Extends = None
    title: Annotated[str, Field(max_length=120)]
    description: Text
    setting: Annotated[str, Field(description="a shipped setting, or a file that ends in .yaml")]
    people: Annotated[
        int | None, Field(ge=4, le=10_000_000, description="members of one community, if not the setting's")
    ] = None
    parameters: Annotated[
        dict[str, float], Field(default_factory=dict, description="of the registry, where this trial's differ")
    ]
    changes: Annotated[
        dict[str, Change], Field(default_factory=dict, description="of the setting: setting.burn_in and the like")
    ]
    design: Design
    arms: Annotated[dict[Name, Arm], Field(min_length=1, max_length=8)]
    baseline: Annotated[Week, Field(description="the week of the baseline")] = 0
    follow_ups: Annotated[dict[Name, FollowUp], Field(min_length=1, max_length=20)]
    attrition: Attrition = Attrition()
    measures: Annotated[dict[Name, Measure], Field(min_length=1, max_length=100)]
    outcomes: Annotated[dict[Name, Outcome], Field(min_length=1, max_length=100)]
    notes: Text = ""

    @property
    def weeks(self) -> int:
        """The last week that is lived."""
        return max(self.baseline, *(each.week for each in self.follow_ups.values()))

    def week_of(self, occasion: str) -> int:
        """The week of a follow-up, or of the baseline."""
        return self.baseline if occasion == BASELINE else self.follow_ups[occasion].week

    @property
    def occasions(self) -> tuple[str, ...]:
        """The baseline and the follow-ups."""
        return (BASELINE, *self.follow_ups)


__all__ = ["ARM_SCALES", "BASELINE", "LOG_SCALES", "Share", "TrialFile"]
