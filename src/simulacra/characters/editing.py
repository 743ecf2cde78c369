"""Changes to a character's sheet: one of the eleven attributes, or one of the author's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.attributes import (
    Change,
    changes_between,
    new_conflicts,
    spoken,
    with_value,
)
from simulacra.characters.candidate import Candidate
from simulacra.characters.fixing import attribute_called, read_fixed
from simulacra.characters.plausibility import Conflict
from simulacra.characters.profile import CharacterSheet
from simulacra.errors import CandidateError


@dataclass(frozen=True)
class Edited:
    """A sheet after its changes, and the conflicts that they make by the rules."""

    sheet: CharacterSheet
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]


def edit(
    sheet: CharacterSheet, given: Mapping[str, str], unset: Sequence[str], pools: Pools
) -> Edited:
    """The sheet with attributes set and others taken away.

    A key that is none of the eleven attributes is one of the author's own (``extra``), found
    upper and lower case alike.

    Raises:
        CandidateError: a value is none of its attribute, the age is not that of the date of
            birth, or what is to be unset is not there.
    """
    of_profile: dict[str, str] = {}
    extra = dict(sheet.extra)
    for key, text in given.items():
        attribute = attribute_or_none(key)
        if attribute is None:
            extra[_key_in(extra, key) or " ".join(key.split())] = text.strip()
        elif attribute in of_profile:
            raise CandidateError(f"{spoken(attribute)} is given twice.", "Give it once.")
        else:
            of_profile[attribute] = text
    for key in unset:
        if attribute_or_none(key) is not None:
            raise CandidateError(
                f"{key!r} is one of the eleven attributes, which everybody has.",
                f'Give it another value: --set "{key}=…".',
            )
        known = _key_in(extra, key)
        if known is None:
            raise CandidateError(
                f"{sheet.profile.name} has no attribute {key!r}.",
                f"Own attributes: {', '.join(extra)}." if extra else "There is none to unset.",
            )
        del extra[known]
    read_fixed(of_profile, pools, sheet.as_of)  # an age and a date of birth must fit each other
    before = after = Candidate(profile=sheet.profile, as_of=sheet.as_of)
    for attribute, text in of_profile.items():
        after = with_value(after, attribute, text, pools)
    values = dict(sheet) | {"profile": after.profile, "extra": extra}
    try:
        new = CharacterSheet.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(step) for step in first["loc"])
        raise CandidateError(f"{where}: {first['msg']}.", "Give another value.") from error
    return Edited(
        new,
        (*changes_between(before.profile, new.profile), *changes_of_extra(sheet.extra, new.extra)),
        tuple(new_conflicts(before.profile, after, pools)),
    )


def attribute_or_none(key: str) -> str | None:
    """Which of the eleven attributes a key means, if it does."""
    try:
        return attribute_called(key)
    except CandidateError:
        return None


def _key_in(extra: Mapping[str, str], key: str) -> str | None:
    def bare(text: str) -> str:
        return re.sub(r"[\s_-]+", " ", text.strip()).casefold()

    return next((known for known in extra if bare(known) == bare(key)), None)


def changes_of_extra(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The attributes of the author's own that differ; "—" where there is none."""
    return [
        Change(attribute=key, before=before.get(key, "—"), after=after.get(key, "—"))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
