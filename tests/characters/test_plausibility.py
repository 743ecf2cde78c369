"""Which attributes contradict each other, and in which words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from simulacra.characters import Occupation, Pools, Profile, Traits, conflicts

DAY = date(2026, 10, 1)


@pytest.fixture(scope="module")
def pools() -> Pools:
    return Pools.load()


def person(**changes: Any) -> Profile:
    """A nurse of 40 without a single conflict, but for what is changed."""
    values: dict[str, Any] = {
        "name": "Ada Frost",
        "age": 40,
        "gender": "female",
        "date_of_birth": date(2026 - changes.get("age", 40), 5, 4),
        "occupation": "nurse",
        "traits": Traits(ranking=(), descriptions=("I hum.",)),
        "hobbies": ("day walks in the hills",),
        "family": "from a middle-income family; one of twins, brought up by both parents; "
        "single and living alone",
        "education": "a bachelor's degree from a public university",
        "short_term_goals": ("get to know the neighbours by name",),
        "long_term_goal": "move to the coast",
    }
    values |= changes
    values["occupation"] = Occupation(title=values["occupation"])
    return Profile.model_validate(values)


def told(pools: Pools, **changes: Any) -> list[str]:
    return [conflict.message for conflict in conflicts(person(**changes), DAY, pools)]


def test_a_life_that_holds_together_has_no_conflict(pools: Pools) -> None:
    assert told(pools) == []


def test_an_occupation_asks_for_an_education(pools: Pools) -> None:
    school = "upper secondary school with a general leaving certificate"
    [conflict] = conflicts(person(occupation="surgeon", education=school), DAY, pools)
    assert conflict.attributes == ("occupation", "education")
    assert conflict.message == (
        "A surgeon needs at least a master's degree (ISCED 7), "
        "but the education is upper secondary schooling (ISCED 3)."
    )


@pytest.mark.parametrize(
    ("changes", "attributes"),
    [
        ({"age": 23, "occupation": "school principal"}, ("occupation", "age")),
        ({"age": 75}, ("occupation", "age")),
        ({"occupation": "retired nurse"}, ("occupation", "age")),
        ({"occupation": "student and part-time barista", "age": 24}, ("occupation", "education")),
        ({"date_of_birth": date(1980, 1, 1)}, ("date_of_birth", "age")),
        ({"date_of_birth": date(2030, 1, 1)}, ("date_of_birth", "age")),
        ({"age": 20, "occupation": "waiter"}, ("education", "age")),
        ({"short_term_goals": ("finish the thesis before the summer",)}, None),
        ({"long_term_goal": "see the grandchildren grow up"}, ("long_term_goal", "family")),
        ({"long_term_goal": "earn a university degree beside work"}, None),
        (
            {"hobbies": ("swimming lengths",), "short_term_goals": ("learn to swim properly",)},
            ("short_term_goals", "hobbies"),
        ),
        (
            {
                "family": "from a low-income family; grew up in two foster families; "
                "single, living in the parental home"
            },
            ("family",),
        ),
        (
            {
                "age": 28,
                "family": "from a low-income family; brought up by a grandmother; "
                "married with two grown-up children",
            },
            ("family", "age"),
        ),
    ],
)
def test_contradictions_are_found_and_their_attributes_named(
    pools: Pools, changes: dict[str, Any], attributes: tuple[str, ...] | None
) -> None:
    found = [conflict.attributes for conflict in conflicts(person(**changes), DAY, pools)]
    assert found
    if attributes is not None:
        assert attributes in found


def test_an_older_person_may_be_a_retired_nurse(pools: Pools) -> None:
    assert told(pools, age=75, occupation="retired nurse") == []


def test_a_nurse_may_still_work_at_an_age_at_which_others_have_retired(pools: Pools) -> None:
    assert told(pools, age=65) == told(pools, age=65, occupation="retired nurse") == []


def test_of_customised_values_nothing_is_assumed(pools: Pools) -> None:
    custom = {
        "occupation": "puppeteer",
        "education": "three winters with a master of shadow plays",
        "family": "lives on a boat",
        "long_term_goal": "play before a queen",
    }
    assert told(pools, age=12, **custom) == []
    student = {"short_term_goals": ("finish the thesis before the summer",), "age": 26}
    assert told(pools, education="reads law", **student) == []  # perhaps studying: nobody knows


def test_the_date_of_birth_is_checked_for_customised_people_too(pools: Pools) -> None:
    assert told(pools, occupation="puppeteer", date_of_birth=date(1990, 10, 2)) == [
        "Someone born on 1990-10-02 is 35 on 2026-10-01, but the age is 40."
    ]


def test_upper_and_lower_case_make_no_difference(pools: Pools) -> None:
    assert told(pools, age=19, occupation="SURGEON")
