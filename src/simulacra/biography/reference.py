"""Whom a text speaks of: is a name, a "she" or an "I" the person whose life it is?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from simulacra.characters import Profile

_PRONOUNS = {"female": ("she", "her"), "male": ("he", "his", "him")}
_PEOPLE = (
    r"(?:mother|father|mom|mum|dad|parents?|sisters?|brothers?|aunt|uncle|daughters?|sons?|wife"
    r"|husband|girls?|boys?|wom[ae]n|m[ae]n|lady|friends?|teacher|boss|neighbou?rs?|baby|child"
    r"|children|cousin|niece|nephew|partner|girlfriend|boyfriend|colleague|grand\w+|twins?|owner"
    r"|dog|cat|horse|somebody|someone|who)\b"
)
_CAPITAL = (
    r"(?<![.!?…“”\"'] )(?<!^)(?<!\bin )(?<!\bat )(?<!\bfrom )(?<!\bof )(?<!\bnear )(?<!\bto )"
    r"\b(?!I\b|January|February|March|April|May|June|July|August|September|October|November"
    r"|December|\w+day\b)[A-Z][a-z]+"
)
_OPENING = (
    r"(?:(?<=^)|(?<=[.!?…] ))(?!(?:She|He|It|They|We|I|You|This|That|There|Those|These|What|Nobody|"
    r"Everybody|Each|Both|All|Today|Now)\b)[A-Z][a-z]+(?= (?:was|is|had|has|works?|lives?|and)\b)"
)
"""A name that opens a sentence: what the verb beside it tells from other words."""


@dataclass(frozen=True)
class Reference:
    """Reads names and pronouns for one person; where it can't be sure they are another's."""

    profile: Profile

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The full name and its parts, longest first."""
        name = self.profile.name
        parts = [part for part in name.split() if len(part) > 1]
        return tuple(dict.fromkeys(sorted([name, *parts], key=len, reverse=True)))

    @cached_property
    def name(self) -> str:
        """A pattern for the person's names."""
        return "(?:" + "|".join(map(re.escape, self.names)) + ")"

    @cached_property
    def subject(self) -> str:
        """A pattern for what the person may be called as the subject of a sentence."""
        pronouns = {"female": "[Ss]he|I", "male": "[Hh]e|I"}.get(self.profile.gender.casefold())
        return f"(?P<who>{self.name}|{pronouns or '[Tt]hey|I'})"

    @cached_property
    def _candidates(self) -> re.Pattern[str]:
        own = rf"(?P<own>\b{self.name}\b(?! [A-Z]|['’]s {_PEOPLE}))"
        words = [re.escape(word) for word in self.profile.name.split()]
        relative = rf"\b(?!{words[0]}\b)[A-Z][a-z]+ {words[-1]}\b" if words[1:] else "(?!)"
        return re.compile(rf"{relative}|{own}|\b{_PEOPLE}|{_CAPITAL}|{_OPENING}")

    def is_person(self, who: str, before: str) -> bool:
        """Whether ``who`` is the person, after the words of its paragraph that stand before it.

        A name is, and an "I" outside of quotations. A pronoun is where the person was named last
        before it, or nobody at all.
        """
        if who in self.names or who == "I":
            return True
        named = list(self._candidates.finditer(before))
        return not named or named[-1]["own"] is not None

    def is_alone(self, sentence: str) -> bool:
        """Whether a sentence names the person and nobody else."""
        named = list(self._candidates.finditer(sentence))
        return bool(named) and all(match["own"] for match in named)

    @property
    def other_pronouns(self) -> re.Pattern[str] | None:
        """The pronouns of the other gender; none where the gender is neither female nor male."""
        other = {"female": "male", "male": "female"}.get(self.profile.gender.casefold())
        if other is None:
            return None
        return re.compile(rf"\b(?:{'|'.join(_PRONOUNS[other])})\b", re.IGNORECASE)

    @property
    def own_pronouns(self) -> re.Pattern[str]:
        """The pronouns of the person's gender."""
        own = _PRONOUNS.get(self.profile.gender.casefold(), ("they", "their", "them"))
        return re.compile(rf"\b(?:{'|'.join(own)})\b", re.IGNORECASE)
