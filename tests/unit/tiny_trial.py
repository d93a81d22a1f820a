"""A small trial for tests: two grades of a small school, a plan in one arm and none in the other."""

from copy import deepcopy

import yaml

from sim.trials import files

BASE = {
    "kind": "trial",
    "title": "A small trial",
    "description": "For tests.",
    "setting": "secondary_school",
    "people": 240,
    "changes": {"setting.burn_in": 3, "setting.units.class.size": 12, "setting.units.grade.size": 60},
    "design": {"randomise": "groups", "pairs": True, "within": "grade"},
    "arms": {
        "usual": {"title": "Nothing"},
        "trained": {"title": "Contact", "plans": ["stigma_contact"], "changes": {"stigma_contact.reach": 1.0}},
    },
    "follow_ups": {"soon": {"week": 2, "retained": 0.9}, "later": {"week": 6, "retained": 0.7}},
    "measures": {
        "stigma": {"of": "self_stigma", "reliability": 0.8},
        "distress": {"of": "distress"},
        "high": {"of": "distress", "cut": 5},
        "asked": {"of": "asked_anyone", "cut": 1},
        "asks": {"of": "asked_anyone"},
    },
    "outcomes": {
        "stigma": {
            "title": "Stigma",
            "measure": "stigma",
            "at": ["soon"],
            "effect": "smd",
            "adjust": ["stigma"],
            "primary": True,
            "used_for": "fit",
            "published": {"value": -0.28, "low": -0.39, "high": -0.17, "source": "griffiths_2014", "evidence": "read"},
        },
        "high": {
            "title": "Mild or more at either time",
            "measure": "high",
            "at": ["soon", "later"],
            "effect": "odds_ratio",
        },
        "asks": {"title": "Asks", "measure": "asks", "at": ["later"], "effect": "rate_ratio"},
    },
}


def changed(changes=None):
    """The small trial's data with values changed by dotted keys; None takes one away."""
    data = deepcopy(BASE)
    for name, value in (changes or {}).items():
        *keys, last = name.split("/")
        here = data
        for key in keys:
            here = here.setdefault(key, {})
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    return data


def written(folder, changes=None, name="small.yaml"):
    """The small trial in a file."""
    file = folder / name
    file.write_text(yaml.safe_dump(changed(changes), sort_keys=False), encoding="utf-8")
    return file


def loaded(folder, changes=None):
    """The small trial, read and checked."""
    return files.load(written(folder, changes))
