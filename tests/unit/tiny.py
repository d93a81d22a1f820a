"""Small results for tests of what is made of results, lived once and shared."""

from functools import cache

from sim import study
from sim.scenario import override, resolve

SHORT = {"setting.burn_in": 4, "weeks": 8}


def scenario(*plans, setting="secondary_school", size=160, **changes):
    return override(resolve(setting, list(plans), people=size), SHORT | changes)


@cache
def compared(seeds=4):
    """Usual against two others; the last reaches nobody, and so changes nothing."""
    nobody = scenario("peer_leaders", **{"peer_leaders.reach": 0.0})
    made = [scenario("usual"), scenario("cohesion_training"), nobody]
    return study.run(made, seeds, labels=["usual", "cohesion_training", "nobody"])


@cache
def alone(seeds=1):
    return study.run([scenario("peer_leaders")], seeds, labels=["peer_leaders"])
