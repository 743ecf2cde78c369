"""Writing a biography from a profile (paper, Section 3.3): up to three tries, each checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from simulacra.biography import drafting
from simulacra.biography.attributes import check_attributes, not_mentioned
from simulacra.biography.comparing import judge_biography
from simulacra.biography.flag import Flag
from simulacra.biography.harm import check_harm, judge_harm
from simulacra.biography.leftovers import leftovers
from simulacra.biography.prose import check_prose
from simulacra.biography.steps import Steps
from simulacra.biography.told import Telling
from simulacra.characters import CharacterSheet, Profile
from simulacra.errors import AnswerError
from simulacra.inference import ChatModel, Usage

MIN_WORDS = 100
DRAFT = "biography.draft.md"
"""Where a biography waits that the checks have something against."""


@dataclass(frozen=True)
class Biography:
    """A biography, what the checks say against it, and what it took.

    ``attempts`` is how many tries were made; ``usage`` counts all of them, tries of no use aside.
    """

    text: str
    flags: tuple[Flag, ...]
    attempts: int
    model: str
    prompt_digest: str
    usage: Usage


@dataclass(frozen=True)
class Attempt:
    """One try: a text with its flags, or the ``failure`` that left none."""

    text: str = ""
    flags: tuple[Flag, ...] = ()
    usage: Usage = field(default_factory=Usage)
    failure: str = ""

    @property
    def wrong(self) -> tuple[str, ...]:
        """What the next try is told."""
        return (self.failure,) if self.failure else tuple(flag.message for flag in self.flags)


async def write_biography(
    sheet: CharacterSheet,
    model: ChatModel,
    steps: Steps,
    attempts: int = 3,
    seed: int | None = None,
) -> Biography:
    """Write a biography of under 1,000 words that has every attribute and changes none.

    Every try is checked by rules and, if the model isn't small, by the model as a judge. The next
    one is told what was wrong; of several with flags the one with the fewest is returned. Each try
    is a step, "biography 1" and so on.

    Raises:
        AnswerError: no try gave a text at all; the message has the last one's reason.
        ModelError: the model could not be asked.
    """
    tries: list[Attempt] = []
    for number in range(1, max(attempts, 1) + 1):
        last = tries[-1] if tries else Attempt()
        own = None if seed is None else seed + number - 1

        async def attempt(last: Attempt = last, own: int | None = own) -> Attempt:
            return await _attempt(sheet, model, last, own)

        tries.append(await steps(f"biography {number}", attempt))
        if not tries[-1].wrong:
            break
    usable = [each for each in tries if not each.failure]
    if not usable:
        raise AnswerError(
            f"{model.name} gave no biography of {sheet.profile.name} in {len(tries)} tries: "
            f"{tries[-1].failure}",
            "Try again with another seed, or with a stronger model (--model).",
        )
    best = min(usable, key=lambda each: len(each.flags))
    return Biography(
        text=best.text,
        flags=best.flags,
        attempts=len(tries),
        model=model.name,
        prompt_digest=drafting.SMALL_DIGEST if model.small else drafting.DIGEST,
        usage=sum((each.usage for each in tries), Usage()),
    )


def check_biography(text: str, profile: Profile) -> list[Flag]:
    """What rules find wrong with a biography: its prose, length, attributes and harm.

    It is told in the third person; the tense is free, for a life so far ends in the present.
    """
    flags = check_prose(
        text, told=Telling(person="third"), words=(MIN_WORDS, drafting.MAX_WORDS - 1)
    )
    if any(flag.check == "empty" for flag in flags):
        return flags
    flags += check_attributes(text, profile)
    flags += [
        Flag(check="attribute", message=f"{what} is not in the biography.")
        for what in not_mentioned(text, profile)
    ]
    return flags + check_harm(text)


async def judge(text: str, profile: Profile, model: ChatModel) -> tuple[list[Flag], Usage]:
    """What a model finds wrong with a biography: attributes, harm. No judgement is a flag, too.

    Raises:
        ModelError: the model could not be asked.
    """
    flags: list[Flag] = []
    usage = Usage()
    for ask in (judge_biography(model, profile, text), judge_harm(model, text)):
        try:
            answer = await ask
        except AnswerError as error:
            what = f"the model could not judge the text, read it yourself ({error.what})"
            flags.append(Flag(check="harm", message=f"{what[:400]}."))
        else:
            flags += answer.value
            usage += answer.usage
    return flags, usage


async def _attempt(
    sheet: CharacterSheet, model: ChatModel, last: Attempt, seed: int | None
) -> Attempt:
    try:
        if model.small:
            answer = await drafting.write_in_parts(sheet, model, seed)
        else:
            asked = drafting.prompt(sheet, last.text, last.wrong)
            answer = await model.write(asked, drafting.sampling(seed))
    except AnswerError as error:
        return Attempt(failure=error.what)
    text = bare(answer.value, sheet.profile.name)
    flags = check_biography(text, sheet.profile)
    usage = answer.usage
    if any(flag.check == "leftover" and "a refusal" in flag.message for flag in flags):
        return Attempt(usage=usage, failure=f"The model refused: {text[:200]}")
    if not model.small and not any(flag.check == "empty" for flag in flags):
        judged, more = await judge(text, sheet.profile, model)
        flags, usage = flags + judged, usage + more
    return Attempt(text, tuple(dict.fromkeys(flags)), usage)


def bare(text: str, name: str) -> str:
    """A biography without what holds nothing of the life: a title, an announcement, quotes around.

    Taken off are a code fence or one pair of quotation marks around all of it, first lines that
    are a Markdown heading, say no more than the name, or announce the text. Anything else stays,
    and is flagged.
    """
    text = text.strip()
    if fenced := re.fullmatch(r"```\w*\n(.*?)\n?```", text, re.DOTALL):
        text = fenced[1].strip()
    while "\n" in text:
        first, rest = text.split("\n", 1)
        title = re.sub(
            r"^(?:the )?(?:biography|life)(?: of)?:?", "", first.strip("#*_ :"), flags=re.I
        )
        announced = first.rstrip().endswith(":") and leftovers(first)
        if not (
            re.match(r"#{1,6} ", first)
            or announced
            or title.strip().casefold() in ("", name.casefold())
        ):
            break
        text = rest.lstrip()
    for left, right in ('""', "“”"):
        inner = text[1:-1]
        if text[:1] == left and text[-1:] == right and left not in inner and right not in inner:
            text = inner.strip()
    return text
