"""A person for tests of biographies: made up here, in few attributes."""

from __future__ import annotations

from datetime import date

from simulacra.characters import CharacterSheet, Occupation, Profile, Provenance, Traits

GRACE = CharacterSheet(
    as_of=date(2026, 10, 1),
    profile=Profile(
        name="Grace Miller",
        age=44,
        gender="female",
        date_of_birth=date(1982, 3, 14),
        occupation=Occupation(title="nurse", isco="2221"),
        traits=Traits(ranking=(), descriptions=("I count the stairs as I climb them.",)),
        hobbies=("rowing", "baking bread"),
        family="low-income, single-parent family",
        education="a diploma in nursing",
        short_term_goals=("repairing the garden fence",),
        long_term_goal="buying a houseboat",
    ),
    provenance=Provenance(author="tests", licence="CC0", note="made up"),
)

LIFE = """\
Grace Miller was born on March 14, 1982, in a river town. Her mother raised her alone, and on a \
low income there was soup four days a week.

At school she counted the stairs between the rooms. She took a diploma in nursing in 2004, and \
rowing began the same summer, in a borrowed boat.

Today she is forty-four and works as a nurse on a night ward. On free mornings she spends her time \
baking bread. This autumn she means to begin repairing the garden fence, and one day she will be \
buying a houseboat.
"""
"""A biography of hers in which nothing is wrong."""
