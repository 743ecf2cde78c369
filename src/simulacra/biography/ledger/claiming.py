"""What rules alone can read from a text: kinship with a name, births, deaths, places never seen.

They see little and are seldom wrong; a model sees more (``reading``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from simulacra.biography.ages import MONTHS
from simulacra.biography.ledger.data import Facts, Ledger, Person, Place, digests
from simulacra.biography.ledger.dates import find_date
from simulacra.biography.ledger.names import KIN, bare, find_person, same_name
from simulacra.biography.sentences import sentences
from simulacra.biography.text import narrated

_NAME = r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+){0,2}"
_KIN = "|".join(sorted(KIN, key=len, reverse=True))
_HOW = r"(?:(?:only|older|younger|elder|eldest|youngest|little|big|twin|late) ){0,2}"
_RELATION = rf"(?P<relation>{_HOW}(?:{_KIN}))"
_KIN_NAME = re.compile(
    rf"(?P<owner>\b[\w’'-]+ )?\b{_RELATION}"
    rf"(?:,? (?:called|named) (?P<called>{_NAME})| (?P<name>{_NAME})"
    rf"|, (?P<set_off>{_NAME})(?=[;.]|$|,(?! and\b)))"
)
_NAME_KIN = re.compile(
    rf"(?P<name>{_NAME})(?:, (?=\w+ {_HOW}(?:{_KIN})[,.;])| (?:is|was) )"
    rf"(?P<owner>[\w’'-]+ ){_RELATION}(?=[,.;]|$)"
)
_BORN = re.compile(rf"\b(?P<name>{_NAME})(?:,[^,.;]+,)? (?:was|is|had been) born\b(?P<rest>[^.;]*)")
_DIED = re.compile(
    rf"\b(?P<name>{_NAME})(?:,[^,.;]+,)? (?:had )?(?:suddenly )?"
    r"(?:died|drowned|passed away|(?:was|were|been) killed)\b(?P<rest>[^.;]*)"
)
_NEVER = re.compile(
    r"(?P<had>\b(?:had|'d|’d) )?\bnever (?:(?:once|even|yet|actually) )?"
    r"(?:\w+(?: (?:the|a|her|his|my) \w+)?(?:, or |, | or ))*"
    r"(?:visited|seen|saw|been (?:to|in)|went to|gone to|set foot in|travell?ed to|traveled to) "
    rf"(?:the )?(?P<place>{_NAME}|ocean|sea)\b(?P<rest>[^.;!?]*)"
)
_AFTER_ALL = re.compile(r"\b(?:again|until|till|before|since|like|so|yet)\b|^['’]s?\b")
PRONOUNS = {"female": ("her", "she"), "male": ("his", "he")}
_NO_PLACES = {*(m.casefold() for m in MONTHS), "i", "god", "christmas", "easter"}
OPENERS = frozenset(
    re.findall(
        r"\w+",
        "a about after again all along an and another any as at before both but by during each "
        "even every everybody everyone few first for from he her here his how i if in inside "
        "instead it its just last later many maybe most much my neither never next no nobody "
        "none not nothing now of often on once one only or our out outside over people perhaps "
        "several she since so some somebody sometimes somewhere soon still such ten that the "
        "their then there these they this those though three through to today together too two "
        "under until up we well what when where whether which while who why with within "
        "without yet you",
    )
)


def claims(paragraphs: Sequence[str], ledger: Ledger) -> Facts:
    """What rules read in paragraphs, for a ledger that knows whose life it is."""
    people: list[Person] = []
    places: list[Place] = []
    for number, text in enumerate(paragraphs):
        before = ""
        for sentence in sentences(narrated(text)):
            owns = partial(_owns, sentence=sentence, before=before, ledger=ledger)
            for match in _kin_matches(sentence):
                if owns((match["owner"] or "").strip(), match.start()):
                    people.append(_relative(match, number))
            people += _life_dates(sentence, number, ledger, people)
            places += [
                Place(name=name, visited=False, by="rule", paragraphs=(number,))
                for name, start in _never_seen(sentence)
                if owns(_subject(sentence[:start]), start)
            ]
            before = sentence
    return Facts(people=tuple(people), places=tuple(places), texts=digests(paragraphs))


def family(text: str) -> Iterator[Person]:
    """The relatives whom the profile's family background names, as the profile's own."""
    for part in sentences(text):  # each clause speaks of one person, or one after the other
        for clause in part.split(";"):
            matches = sorted(_kin_matches(clause), key=lambda match: match.start())
            ends = [*(match.start() for match in matches[1:]), len(clause)]
            for match, end in zip(matches, ends, strict=False):
                found = _relative(match, None)
                rest = clause[match.end() : end]
                died = re.search(r"\b(?:died|drowned|was killed|dead)\b", rest)
                told = find_date(rest[died.start() :]) if died else None
                yield found.model_copy(update={"died": told, "by": "profile", "stated": {}})


def never_seen(text: str) -> list[str]:
    """The places that, a text says, somebody has never been to; "had never" may change later."""
    return [name for sentence in sentences(text) for name, _ in _never_seen(sentence)]


def _kin_matches(sentence: str) -> Iterator[re.Match[str]]:
    yield from _KIN_NAME.finditer(sentence)
    yield from _NAME_KIN.finditer(sentence)


def _relative(match: re.Match[str], number: int | None) -> Person:
    groups = match.groupdict()
    name = groups.get("called") or groups.get("name") or groups.get("set_off") or ""
    return Person(
        name=re.sub(r"['’]s$", "", name),
        relation=match["relation"],
        by="rule",
        paragraphs=() if number is None else (number,),
        stated={} if number is None else {"relation": number},
    )


def _owns(owner: str, start: int, *, sentence: str, before: str, ledger: Ledger) -> bool:
    """Whether "her" or a name before a relative means the person whose life it is.

    A pronoun does only where nobody else is named who could be meant.
    """
    owner = owner.casefold()
    if owner in ("my", "our", "i", "we"):
        return True
    herself = ledger.self_
    if herself is None:
        return False
    own = {word for name in herself.names for word in bare(name)}
    if re.sub(r"['’]s?$", "", owner) in own:
        return True
    if owner not in PRONOUNS.get((herself.gender or "").casefold(), ()):
        return False
    opener = re.match(r"[\"“”\s]*([\w’'-]+)", before)
    named = set(re.findall(r"[A-ZÀ-Þ][\w-]+", sentence[:start]))
    first = re.match(r"\W*([\w-]+)", sentence)
    if first and first[1].casefold() in OPENERS:
        named.discard(first[1])
    if opener and opener[1].casefold() not in OPENERS:
        named.add(re.sub(r"['’]s$", "", opener[1]))
    return all(word.casefold() in own or word.capitalize() in MONTHS for word in named)


def _life_dates(
    sentence: str, number: int, ledger: Ledger, claimed: list[Person]
) -> Iterator[Person]:
    for pattern, field in ((_BORN, "born"), (_DIED, "died")):
        for match in pattern.finditer(sentence):
            name, told = match["name"], find_date(match["rest"])
            known = find_person(ledger.people, name)
            if told and (known or any(same_name(name, person.name) for person in claimed)):
                yield Person.model_validate(
                    {
                        "name": name,
                        field: told,
                        "by": "rule",
                        "paragraphs": (number,),
                        "stated": {field: number},
                    }
                )


def _never_seen(sentence: str) -> Iterator[tuple[str, int]]:
    for match in _NEVER.finditer(sentence):
        if match["had"] or _AFTER_ALL.search(match["rest"].strip()):
            continue
        if match["place"].casefold() not in _NO_PLACES:
            yield match["place"], match.start()


def _subject(start: str) -> str:
    """The word that "never" speaks of: the pronoun or name before it."""
    words = re.findall(r"[\w’'-]+", re.sub(r"['’](?:s|ve|d)\b", "", start))
    while words and words[-1].casefold() in ("has", "have", "and", "also", "still"):
        words.pop()
    return words[-1] if words else ""
