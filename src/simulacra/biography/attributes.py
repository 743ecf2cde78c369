"""Does a text change an attribute of the person, or leave one out? What rules can see of it.

The rules speak up only where a text says something else in so many words; what they can't see a
model is asked (``comparing``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from simulacra.biography.ages import MONTHS, NUMBERS, doubtful_ages, number, ways_to_write
from simulacra.biography.flag import Flag
from simulacra.biography.reference import Reference
from simulacra.biography.sentences import sentences
from simulacra.biography.text import excerpt, narrated, paragraphs
from simulacra.characters import Profile

_NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_MONTH = "|".join(MONTHS)
_DATE = (
    rf"(?:(?:on )?(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?\b"
    rf"|(?:on )?(?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{_MONTH})"
    rf"(?:,? (?P<year2>\d{{4}}))?"
    rf"|in (?:(?:early |late )?(?P<month3>{_MONTH})(?: of)?,? )?(?:the year )?(?P<year3>\d{{4}}))"
)
_TRADES = (
    r"(?:\w+ (?:driver|worker|operator|manager|assistant|clerk|guide|designer|developer|engineer)"
    r"|teacher|nurse|doctor|surgeon|dentist|pharmacist|lawyer|attorney|judge|accountant|engineer"
    r"|architect|programmer|scientist|professor|lecturer|librarian|journalist|electrician|plumber"
    r"|carpenter|mechanic|welder|mason|farmer|baker|butcher|chef|cook|waiter|waitress|bartender"
    r"|cashier|secretary|receptionist|soldier|officer|firefighter|paramedic|pilot|salesperson"
    r"|salesman|saleswoman|hairdresser|tailor|cleaner|janitor|electrician|psychologist|therapist"
    r"|veterinarian|banker|banker|economist|consultant|entrepreneur|musician|actor|actress|student"
    r"|retiree|miner|fisherman|sailor|detective|postman|translator|photographer|programmer)"
)
_HOBBYIST = re.compile(
    r"\b(?:keen|avid|amateur|passionate|natural|born|good|great|bad|former|retired|would-be|hobby"
    r"|volunteer|weekend|fast|quick|quiet|life-?long|enthusiastic)\b"
)
_COMMON = frozenset({
    "with", "from", "that", "their", "some", "certain", "amount", "having", "have", "more",
    "about", "being", "getting", "making", "this", "enough", "time", "while", "other", "first",
    "last", "soon", "your", "very", "than", "then", "them", "they", "year", "years", "good",
    "new", "family",
})  # fmt: skip


def check_attributes(text: str, profile: Profile) -> list[Flag]:
    """Flags where a text says of the person another name, gender, age, birth or occupation.

    Only what the narrator says counts, not what stands in quotations; of occupation and age only
    what is said of the present, for a life may hold others before. Ages beside a year are checked
    by arithmetic (``ages.doubtful_ages``).
    """
    flags: list[Flag] = []
    reference = Reference(profile)
    for paragraph in paragraphs(text):
        plain = narrated(paragraph)
        flags += _names(plain, profile)
        flags += _ages(plain, profile, reference)
        flags += _births(plain, profile, reference)
        flags += _occupations(plain, profile, reference)
        flags += _genders(plain, profile, reference)
        flags += [Flag(check="age", message=f"{doubt}.") for doubt in doubtful_ages(plain, profile)]
    return list(dict.fromkeys(flags))


def not_mentioned(text: str, profile: Profile) -> list[str]:
    """The attributes that a text says no telling word of, in words ("the hobby 'rowing'").

    The personality traits are left to a model: their words say little of what they look like.
    """
    missing: list[str] = []
    if profile.name.casefold() not in " ".join(text.split()).casefold():
        missing.append(f"the full name {profile.name!r}")
    if not _age_or_birth(text, profile):
        missing.append(f"the age {profile.age} or the date of birth {profile.date_of_birth}")
    if not Reference(profile).own_pronouns.search(text) and not re.search(r"\bI\b", text):
        missing.append(f"the gender {profile.gender!r}")
    values = [
        ("occupation", profile.occupation.title),
        *(("hobby", hobby) for hobby in profile.hobbies),
        ("family background", profile.family),
        ("educational background", profile.education),
        *(("short-term goal", goal) for goal in profile.short_term_goals),
        ("long-term goal", profile.long_term_goal),
    ]
    missing += [f"the {what} {value!r}" for what, value in values if not mentions(text, value)]
    return missing


def mentions(text: str, value: str) -> bool:
    """Whether any telling word of a value is in the text, endings aside."""
    words = re.findall(r"\w+", value.casefold())
    telling = [word for word in words if len(word) >= 4 and word not in _COMMON] or words
    return any(re.search(rf"\b{re.escape(word[:5])}", text, re.IGNORECASE) for word in telling)


def _age_or_birth(text: str, profile: Profile) -> bool:
    born = profile.date_of_birth
    ways = [*ways_to_write(str(profile.age)), str(born.year), born.isoformat()]
    return any(re.search(rf"\b{re.escape(way)}\b", text, re.IGNORECASE) for way in ways)


def _names(text: str, profile: Profile) -> Iterator[Flag]:
    parts = [part for part in profile.name.split() if len(part) >= 4]
    for match in re.finditer(r"\b[A-Z][\w’'-]+", text):
        word = re.sub(r"['’]s?$", "", match.group())
        for part in parts:
            if word != part and word not in profile.name.split() and _misspelt(word, part):
                what = f"the name is {profile.name}, not {word!r}: {excerpt(text, match.start())}."
                yield Flag(check="attribute", message=what)
    first, *_, last = profile.name.split()
    if first == last:
        return
    for match in re.finditer(
        rf"\b{re.escape(first)} (?P<other>[A-Z][a-z]{{2,}})\b(?! [A-Z])", text
    ):
        if (
            match["other"] not in (*profile.name.split(), *MONTHS)
            and f"{last}" not in match.group()
        ):
            what = f"the name is {profile.name}, not {match.group()!r}."
            yield Flag(check="attribute", message=what)


def _misspelt(word: str, name: str) -> bool:
    """Whether a word is a name with one letter more, one less, or two in another order.

    Another letter in place of one makes mostly another name (Mary, Mark).
    """
    if word.casefold() == name.casefold() or word in (f"{name}s", f"{name}es"):
        return False
    long, short = (word, name) if len(word) > len(name) else (name, word)
    if len(long) - len(short) == 1 and len(short) >= 4:
        return any(long[:i] + long[i + 1 :] == short for i in range(1, len(long)))
    swapped = (name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1))
    return len(word) == len(name) and word in swapped


def _ages(text: str, profile: Profile, reference: Reference) -> Iterator[Flag]:
    patterns = (
        rf"\b{reference.subject} (?:is|am) (?:now |currently |only |just )?(?P<n>{_NUMBER})"
        r"(?: years? old\b| years? of age\b|(?=[.;,!]| and\b| today\b| now\b))",
        rf"\b{reference.subject} (?:is|am) (?:now |currently )?an? (?:\w+ )?"
        rf"(?P<n>{_NUMBER})-year-old",
        rf"\b{reference.subject} (?:is|am) an? (?:woman|man|girl|boy|person) of (?P<n>{_NUMBER})\b",
        rf"\b[Aa]t (?:the age of )?(?P<n>{_NUMBER})(?: years old)?, {reference.subject} "
        r"(?:is|am|works|work|lives|live)\b",
        rf"\b(?P<who>{reference.name}), (?P<n>{_NUMBER}), (?:is|works|lives)\b",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            said = number(match["n"])
            if said != profile.age and reference.is_person(match["who"], text[: match.start()]):
                what = f"the age is {profile.age}, not {said}: {excerpt(text, match.start())}."
                yield Flag(check="attribute", message=what)


def _births(text: str, profile: Profile, reference: Reference) -> Iterator[Flag]:
    born = profile.date_of_birth
    patterns = (
        rf"\b{reference.subject} (?:was|is) born (?:[^.;\d]{{0,60}}?)??\b{_DATE}",
        rf"\b[Bb]orn (?:[^.;\d]{{0,40}}?)??\b{_DATE}[^.;]{{0,60}}?, (?P<who>{reference.name})\b",
        rf"\b(?P<who>{reference.name})['’]s birthday (?:is |falls )?{_DATE}",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            if reference.is_person(match["who"], text[: match.start()]) and not _same_day(
                match, born
            ):
                what = f"the date of birth is {born:%B} {born.day}, {born.year}, not this: "
                yield Flag(check="date", message=f"{what}{excerpt(text, match.start())}.")


def _same_day(match: re.Match[str], born: date) -> bool:
    """Whether each part that is said of a date is that of the birth."""
    part = match.groupdict()
    year = part["year"] or part["year2"] or part["year3"]
    month = part["month"] or part["month2"] or part["month3"]
    day = part["day"] or part["day2"]
    return (
        (year is None or int(year) == born.year)
        and (month is None or month == MONTHS[born.month - 1])
        and (day is None or int(day) == born.day)
    )


def _occupations(text: str, profile: Profile, reference: Reference) -> Iterator[Flag]:
    until = r"(?=[.,;:]| (?:in|at|for|and|who|with|on|near|by|from|to|but|where)\b|$)"
    no_other = r"(?:(?!\b(?:who|whose|which|that|where|with)\b)[^.;,“”]){0,60}"
    patterns = (
        rf"\b{reference.subject} (?:{no_other} and )?(?:now |currently |still |today )?"
        rf"(?:works?|is employed|(?:earns?|makes?) (?:her|his|my|their|a) living)"
        rf"(?: now| currently| today| full-time)? as an? (?P<title>[\w' -]{{3,60}}?){until}",
        rf"\b{reference.subject} (?:is|am) (?:now |currently |still |today )?an? "
        rf"(?P<title>(?:[\w'-]+ ){{0,3}}?{_TRADES}){until}",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            title = match["title"]
            if _HOBBYIST.search(title) or _akin(title, profile):
                continue
            if reference.is_person(match["who"], text[: match.start()]):
                what = f"the occupation is {profile.occupation.title!r}, not {title!r}: "
                yield Flag(check="attribute", message=f"{what}{excerpt(text, match.start())}.")


def _akin(title: str, profile: Profile) -> bool:
    """Whether a stated occupation shares a stem with the person's, or with a hobby of hers."""
    stems = {word[:4] for word in re.findall(r"\w{3,}", title.casefold())} - {"work"}
    own = " ".join((profile.occupation.title, *profile.hobbies)).casefold()
    return bool(stems & {word[:4] for word in re.findall(r"\w{3,}", own)})


def _genders(text: str, profile: Profile, reference: Reference) -> Iterator[Flag]:
    if (other := reference.other_pronouns) is None:
        return
    wrong: list[str] = []
    for sentence in sentences(text):
        if (
            reference.is_alone(sentence)
            and (found := other.findall(sentence))
            and not reference.own_pronouns.search(sentence)
            and re.match(rf"(?:\w+ ){{0,3}}{reference.name}\b", sentence)
        ):
            wrong += [sentence] * len(found)
    if len(wrong) >= 2:
        what = f"the person is {profile.gender}, told of here as another: {excerpt(wrong[0])}."
        yield Flag(check="attribute", message=what)
