"""A link brings back exactly what it held, and nothing in one is trusted."""

import pytest

from sim.app.address import LATEST, Addition, Address, Change, read, written
from sim.errors import InputError


def full():
    return Address(
        "workplace",
        ("peer_leaders", "capacity"),
        7,
        120,
        26,
        "stigma",
        17,
        (Change(0, "norms.conformity", 2.0), Change(10, "norms.conformity", 1.25)),
        (Addition(20, "telehealth"),),
    )


@pytest.mark.parametrize("address", [Address(), Address(week=3), full()])
def test_a_link_brings_back_what_it_held(address):
    assert read(written(address)) == address


def test_what_is_not_said_is_as_usual():
    assert read("") == read(None) == read("?") == Address()
    assert read("plan=usual") == Address()


@pytest.mark.parametrize(
    "query",
    [
        "setting=../../etc/passwd",
        "setting=secret.yaml",
        "plan=nothing_like_it",
        "seed=-1",
        "seed=1e3",
        "seed=99999999999",
        f"week={LATEST + 1}",
        "week=²",
        "size=3",
        "size=1000000",
        "colour=red",
        "person=0",
        "set=norms.conformity",
        "set=norms.conformity:nan",
        "set=norms.conformity:inf",
        "set=norms.conformity:99",
        "set=no.such:1",
        "set=norms.conformity:1@-2",
        "add=peer_leaders@x",
        "set=a:1" * 1000,
        "&".join(["set=norms.conformity:1"] * 70),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(query):
    with pytest.raises(InputError):
        read(query)


def test_what_is_unknown_is_left_alone():
    assert read("utm_source=mail&seed=4") == Address(seed=4)


def test_same_life_is_about_lives_and_not_about_the_view():
    assert Address(week=3, colour="help", person=2).same_life(Address())
    assert not Address(seed=2).same_life(Address())
    assert not full().same_life(Address("workplace", ("peer_leaders", "capacity"), 7, 120))
