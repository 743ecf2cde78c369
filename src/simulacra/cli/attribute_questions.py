"""The questions of ``characters new``: each attribute with suggestions; Enter leaves it open."""

from __future__ import annotations

from collections.abc import Mapping

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.attributes import spoken, text_of
from simulacra.characters.insisting import conflict_messages
from simulacra.characters.sampling import sample
from simulacra.cli.asking import ask
from simulacra.cli.show import console
from simulacra.errors import CandidateError

ASKED = (
    *("gender", "name", "age", "date_of_birth", "occupation", "education", "family", "hobbies"),
    *("traits", "short_term_goals", "long_term_goal"),
)
SUGGESTIONS = 3
DRAWS = 12
"""How many people are drawn to find three different suggestions."""


class StoppedError(Exception):
    """Whoever was asked wants no more questions."""


def questions(pools: Pools, seed: int, given: Mapping[str, str]) -> dict[str, str]:
    """Ask for every attribute that is not given; what is left to chance is not in the answer.

    Raises:
        StoppedError: the input has ended.
        CandidateError: what is given makes no sense.
    """
    answers = dict(given)
    told = conflict_messages(pools, answers)
    console().print(
        "For each attribute: a number takes a suggestion, your own words are taken as they are, "
        "Enter leaves it to chance. Several hobbies or goals are parted by ';'.",
        markup=False,
    )
    for attribute in ASKED:
        if attribute in answers:
            continue
        text = _answer(attribute, pools, seed, answers, told)
        if text:
            answers[attribute] = text
            told = conflict_messages(pools, answers)
    return answers


def _answer(
    attribute: str, pools: Pools, seed: int, answers: Mapping[str, str], told: list[str]
) -> str:
    """A text for an attribute, empty for chance; asked again until it makes sense or is wished."""
    out = console()
    suggested = _suggestions(attribute, pools, seed, answers)
    out.print(f"\n{spoken(attribute).capitalize()}", style="bold", markup=False)
    for number, text in enumerate(suggested, 1):
        out.print(f"  {number}  {text}", markup=False)
    while True:
        text = ask(f"{spoken(attribute)}:")
        if text is None:
            raise StoppedError
        if text.isdigit() and 1 <= int(text) <= len(suggested):
            text = suggested[int(text) - 1]
        if not text:
            return ""
        try:
            found = conflict_messages(pools, {**answers, attribute: text})
        except CandidateError as error:
            out.print(str(error), markup=False, style="yellow")
            continue
        new = [message for message in found if message not in told]
        for message in new:
            out.print(message, markup=False, style="yellow")
        if not new:
            return text
        if (ask("Enter to answer again, i to insist:") or "").casefold() in ("i", "insist"):
            return text


def _suggestions(attribute: str, pools: Pools, seed: int, answers: Mapping[str, str]) -> list[str]:
    """A few different values that go with the answers; none where the pools have none."""
    try:
        drawn = sample(pools, DRAWS, seed, answers)
    except CandidateError:  # nothing goes with the answers in everything, perhaps in this
        told = set(conflict_messages(pools, answers))
        drawn = [
            candidate
            for candidate in sample(pools, DRAWS, seed, answers, plausible=False)
            if told.issuperset(
                conflict_messages(
                    pools, {**answers, attribute: text_of(candidate.profile, attribute)}
                )
            )
        ]
    texts = (text_of(candidate.profile, attribute) for candidate in drawn)
    return list(dict.fromkeys(texts))[:SUGGESTIONS]
