"""Candidates for tests of selection: drawn, and changed by hand."""

from __future__ import annotations

from functools import cache

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.attributes import with_value
from simulacra.characters.candidate import Candidate
from simulacra.characters.sampling import sample


@cache
def pools() -> Pools:
    return Pools.load()


def somebody(**attributes: str) -> Candidate:
    """Somebody whose attributes go together, but for those given."""
    person = _nurse()
    for attribute, text in attributes.items():
        person = with_value(person, attribute, text, pools())
    return person


@cache
def _nurse() -> Candidate:
    fixed = {
        "name": "Ada Quill",
        "gender": "female",
        "date_of_birth": "1990-02-03",
        "occupation": "nurse",
        "education": "a bachelor's degree from a public university",
        "family": "from a low-income family; brought up by a grandmother; single and living alone",
        "hobbies": "reading crime novels; building furniture",
        "short_term_goals": "learn the openings of chess",
        "long_term_goal": "move to the coast",
    }
    return sample(pools(), 1, 7, fixed)[0]
