from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography.ages import MONTHS
from simulacra.biography.ledger.dates import (
    Season,
    Span,
    age_fits,
    ages_in,
    apart,
    before,
    can_be_parent,
    find_date,
    find_season,
    span,
)
from simulacra.characters import age_on

days = st.dates(date(1850, 1, 1), date(2090, 12, 31))
partial = st.tuples(days, st.sampled_from((4, 7, 10))).map(lambda d: d[0].isoformat()[: d[1]])
seasons: st.SearchStrategy[Season | None] = st.sampled_from(
    (None, "spring", "summer", "autumn", "winter")
)


@given(days, st.sampled_from((4, 7, 10)))
def test_a_day_lies_within_what_is_told_of_it(day: date, told: int) -> None:
    first, last = span(day.isoformat()[:told])
    assert first <= day <= last


@given(partial, seasons)
def test_a_span_has_its_ends_in_order(told: str, season: Season | None) -> None:
    first, last = span(told, season)
    assert first <= last


@given(days)
def test_a_season_holds_its_own_days(day: date) -> None:
    season: Season = ("winter", "spring", "summer", "autumn")[day.month % 12 // 3]
    first, last = span(str(day.year), season)
    assert first <= day <= last


@pytest.mark.parametrize("text", ["", "2001-13", "2001-02-30", "01", "2001-1", "20011", "x"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day"):
        span(text)


@given(days)
def test_a_date_in_words_is_found_as_exactly_as_it_is_told(day: date) -> None:
    month = MONTHS[day.month - 1]
    iso = day.isoformat()
    assert find_date(f"It rained on {month} {day.day}, {day.year}, at noon.") == iso
    assert find_date(f"on the {day.day}th of {month} {day.year}") == iso
    assert find_date(f"({iso})") == iso
    assert find_date(f"one evening in {month} {day.year} he came") == iso[:7]
    assert find_date(f"in {day.year} or so") == iso[:4]
    assert find_date(f"every {month}") is None


@given(st.text(max_size=60))
def test_any_text_is_searched_for_a_date_and_what_is_found_is_one(text: str) -> None:
    if (found := find_date(text)) is not None:
        span(found)


def test_one_season_is_found_and_two_are_not() -> None:
    assert find_season("In the fall of 2003 it was dry.") == "autumn"
    assert find_season("from spring to summer") is None
    assert find_season("She had a fall on the ice.") is None


@given(days, partial, st.sampled_from((4, 7, 10)))
def test_the_true_age_always_fits(born: date, told: str, known: int) -> None:
    when, birth = span(told), span(born.isoformat()[:known])
    for day in when:
        age = age_on(day, born)
        youngest, oldest = ages_in(when, birth)
        assert youngest <= age <= oldest
        assert all(age_fits(age + off, when, birth) for off in (-1, 0, 1))


@given(days, days)
def test_an_age_two_years_off_on_a_known_day_never_fits(born: date, day: date) -> None:
    when, birth = (day, day), (born, born)
    age = age_on(day, born)
    assert not age_fits(age + 2, when, birth)
    assert not age_fits(age - 2, when, birth)


@given(partial, partial)
def test_spans_are_apart_exactly_when_they_share_no_day(one: str, other: str) -> None:
    a, b = span(one), span(other)
    share = max(a[0], b[0]) <= min(a[1], b[1])
    assert apart(a, b) is not share
    assert before(a, b) + before(b, a) == (not share)


@given(days, st.integers(0, 60 * 365))
def test_a_parent_is_at_least_twelve_years_older(child: date, older: int) -> None:
    born = child - timedelta(days=older)
    parent: Span = (born, born)
    assert can_be_parent(parent, (child, child)) is (age_on(child, born) >= 12)
