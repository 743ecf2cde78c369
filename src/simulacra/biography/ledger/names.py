"""Names and kinship: who is the same person, and what two people can't both be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from simulacra.biography.ledger.data import Person

KIN: dict[str, str] = {
    word: kin
    for kin, words in {
        "mother": "mother mom mum mama mommy mummy",
        "father": "father dad papa daddy",
        "brother": "brother",
        "sister": "sister",
        "son": "son",
        "daughter": "daughter",
        "grandmother": "grandmother grandma granny nana",
        "grandfather": "grandfather grandpa granddad",
        "aunt": "aunt auntie",
        "uncle": "uncle",
        "cousin": "cousin",
        "niece": "niece",
        "nephew": "nephew",
        "husband": "husband",
        "wife": "wife",
    }.items()
    for word in words.split()
}
"""How each kinship is called, and its plain name."""

UNIQUE = frozenset({"mother", "father"})
"""Kinships that one person alone can have."""

_LOOSE = re.compile(
    r"\b(?:step|half|foster|adoptive|adopted|great|god|former|late|ex)\b|(?:step|god|foster)(?=\w)"
    r"|-in-law\b|\bin law\b"
)
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "doctor", "prof", "professor", "sir", "madam", "old", "the"}
    | KIN.keys()
)
_OWN = frozenset({"i", "me", "myself", "narrator", "the narrator", "she", "he", "her", "him"})


def kin(relation: str | None) -> str | None:
    """The plain kinship in a relation, None where it names none or only one of a loose kind.

    >>> kin("older brother"), kin("Mom"), kin("mother-in-law"), kin("friend of her father")
    ('brother', 'mother', None, None)
    """
    words = (relation or "").casefold().partition(" of ")
    if words[1] or "'s " in words[0] or "’s " in words[0] or _LOOSE.search(words[0]):
        return None
    found = {KIN[word] for word in re.findall(r"[a-z]+", words[0]) if word in KIN}
    return found.pop() if len(found) == 1 else None


def only(relation: str | None) -> bool:
    """Whether a relation says that there is no other: "only brother"."""
    return bool(re.search(r"\bonly\b", relation or "", re.IGNORECASE))


@lru_cache(4096)
def bare(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without titles: ``("inez", "bohannon")``."""
    return tuple(word for word in _plain_words(name) if word not in _TITLES)


def titled(name: str) -> bool:
    """Whether a name stands with a title, so that a family name alone may follow."""
    words = re.findall(r"\w+", name.casefold())
    return bool(words) and words[0] in _TITLES


def is_name(text: str) -> bool:
    """Whether a text can be somebody's name: more than a title, a pronoun or a kinship."""
    words = [word for word in text.split() if bare(word)]
    return not means_self(text) and any(word[0] == word[0].upper() for word in words)


def means_self(text: str) -> bool:
    """Whether a word for a person, instead of a name, is the one whose life it is."""
    return text.strip().casefold() in _OWN


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same, or a first name and the full one."""
    short, long = sorted((bare(one), bare(other)), key=len)
    if not short:
        return False
    if short == long:
        return True
    return short == long[: len(short)] and not titled(min(one, other, key=lambda n: len(bare(n))))


def find_person(people: Iterable[Person], name: str) -> Person | None:
    """The person who bears that name; None where nobody does, or two may.

    The exact name counts more than a part of it, and herself more than others.
    """
    everybody = list(people)
    wanted = bare(name)
    for exact in (True, False):
        found = [
            person
            for person in everybody
            if any(bare(n) == wanted if exact else same_name(n, name) for n in person.names)
        ]
        if len(found) > 1:
            found = [person for person in found if person.is_self] or found
        if found and wanted:
            return found[0] if len(found) == 1 else None
    return None


def occurs(name: str, text: str) -> bool:
    """Whether a name stands in a text: whole, or its first word where it has several."""
    words = bare(name)
    if not words:
        return False
    plain = set(_plain_words(text))
    return words[0] in plain or (titled(name) and words[-1] in plain)


def people_in(people: Iterable[Person], text: str) -> list[Person]:
    """Those of the people who are named in a text, herself included."""
    return [person for person in people if any(occurs(name, text) for name in person.names)]


def _plain_words(text: str) -> list[str]:
    """The words of a text in lower case, without a genitive's ending."""
    found = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text.casefold())
    return [re.sub(r"['’]s$", "", word) for word in found]
