"""What a program can prove of a questionnaire: its layout, its evidence, one right reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from pathlib import Path

from simulacra.biography import Story
from simulacra.biography.ages import ways_to_write
from simulacra.biography.ledger.wording import share, words
from simulacra.biography.repeats import plain
from simulacra.characters import Character, FileProblemsError, Item, Questionnaire, read_text
from simulacra.characters.files import Level, Problem
from simulacra.characters.yaml_files import read_yaml
from simulacra.evaluation.readings.words import places, spelled
from simulacra.evaluation.readings.words import words as words_of
from simulacra.evaluation.scoring import possible_points

ITEMS_OF_A_KIND = 5
POINTS = {"cloze": 10, "single": 10, "multiple": 30}
"""The paper's layout (Section 5.1): 50 points in all."""
STATED = 2 / 3
"""An option of which less than this part of its words stands in a paragraph is not told there."""
QUOTED = 3
"""So many words of an option in a row, as they stand in the story, are a quotation."""
SAME_QUESTION = 0.8
"""Two questions that share this part of all their words ask the same."""


def check_file(character: Character, file: Path) -> tuple[Questionnaire | None, list[Problem]]:
    """All that rules see in a questionnaire's file, errors first; ``None`` if it can't be read."""
    try:
        questionnaire = read_yaml(file, Questionnaire)
    except FileProblemsError as error:
        return None, list(error.problems)
    story = Story.parse(character.story_text)
    found = [
        *check_questionnaire(character, questionnaire, story, file, "warning"),
        *check_reading(questionnaire, story, file),
    ]
    return questionnaire, sorted(found, key=lambda f: (f.level, f.line or 0))


def check_questionnaire(
    character: Character, questionnaire: Questionnaire, story: Story, file: Path, severe: Level
) -> Iterator[Problem]:
    """Five items of each kind, evidence within the story, a cloze's answer in its evidence.

    With ``severe`` as an error, each item without evidence is one.
    """
    counts = Counter(item.kind for item in questionnaire.items)
    for kind in ("cloze", "single", "multiple"):
        if counts[kind] != ITEMS_OF_A_KIND:
            what = f"{counts[kind]} {kind} items, not {ITEMS_OF_A_KIND}."
            yield Problem(file, None, what, "The score of 50 counts on five of each kind.", severe)
    text = read_text(file)
    without = [item for item in questionnaire.items if not item.evidence]
    if without and severe != "error":
        what = f"{len(without)} items name no paragraph that proves the answer."
        yield Problem(file, None, what, "Add evidence; retrieval is measured by it.", "warning")
    for item in questionnaire.items:
        line = line_of(text, item)
        if not item.evidence and severe == "error":
            yield Problem(file, line, f"{item.id}: no evidence.", "Name its paragraphs.", severe)
        if far := [i for i in item.evidence if i >= len(story.paragraphs)]:
            what = f"{item.id}: the story has no paragraph {far[0]}."
            mend = (
                f"Paragraphs are 0 to {len(story.paragraphs) - 1}."
                if story.paragraphs
                else "There is no story yet: `simulacra story expand` makes one."
            )
            yield Problem(file, line, what, mend)
        elif item.kind == "cloze" and not _answered(character, item, story):
            what = f"{item.id}: no accepted answer is in its evidence nor in the profile."
            yield Problem(file, line, what, "Mend the answer or the evidence.", "warning")


def check_reading(questionnaire: Questionnaire, story: Story, file: Path) -> Iterator[Problem]:
    """Whether each item has one right reading, by rules: they see words, not meaning.

    Options that say the same are errors; warnings are points that differ from the paper's layout,
    a question that tells another's answer, and options that a paragraph seems to tell.
    """
    items = questionnaire.items
    points = Counter[str]()
    for item in items:
        points[item.kind] += possible_points(item)
    if points != POINTS:
        got = "+".join(str(points[kind]) for kind in POINTS)
        what = f"{len(items)} items give {got} points, not 15 items 10+10+30."
        yield Problem(file, None, what, "Results are then not out of 50.", "warning")
    text = read_text(file)
    for item in items:
        line = line_of(text, item)
        if same := alike(item.options):
            what = f"{item.id}: two options say the same: {same[0]!r} and {same[1]!r}."
            yield Problem(file, line, what, "Write another option.")
        if item.kind == "cloze" and (answer := tells(item.question, item)):
            what = f"{item.id}: the question holds its own answer {answer!r}."
            yield Problem(file, line, what, "Ask without the answer.", "warning")
        for option, number in standing(item, story):
            what = (
                f"{item.id}: the words of {option!r}, which counts as wrong, stand in paragraph "
                f"{number} as much as a right one's in the evidence."
            )
            yield Problem(file, line, what, "Read it: is the option false?", "warning")
    for one, other in permutations(items, 2):
        if answer := tells(one.question, other):
            what = f"{one.id}: its question holds {answer!r}, an accepted answer of {other.id}."
            mend = "Whoever has read the one knows the other: ask differently."
            yield Problem(file, line_of(text, one), what, mend, "warning")
    for one, other in combinations(items, 2):
        if same_question(one, other):
            what = f"{other.id}: it asks nearly the same as {one.id}."
            yield Problem(file, line_of(text, other), what, "Ask something else.", "warning")


def alike(options: Sequence[str]) -> tuple[str, str] | None:
    """Two options of the same words, articles, marks and ways to write a number aside."""
    return next(((a, b) for a, b in combinations(options, 2) if spelled(a) == spelled(b)), None)


def tells(question: str, item: Item) -> str | None:
    """The accepted answer of a cloze that a question holds; none for other kinds."""
    if item.kind != "cloze":
        return None
    asked = words_of(question)
    return next((answer for answer in item.answer if places(spelled(answer), asked)), None)


def same_question(one: Item, other: Item) -> bool:
    """Whether two items ask the same in nearly the same words."""
    a, b = words(one.question), words(other.question)
    return bool(a | b) and len(a & b) / len(a | b) >= SAME_QUESTION


def standing(item: Item, story: Story) -> list[tuple[str, int]]:
    """The wrong options that a paragraph seems to tell, each with the first such paragraph.

    It has the option's words as much as the evidence has those of the right option that it has
    least of, and the question's as much as that evidence. Endings and small words do not count.
    """
    evidence = [number for number in item.evidence if number < len(story.paragraphs)]
    if not evidence or not item.options:
        return []
    texts = [story.paragraphs[number] for number in evidence]
    told = [
        max((share(right, text), share(item.question, text)) for text in texts)
        for right in item.answer
    ]
    least, asked = min(told)
    return [
        (option, number)
        for option in item.options
        if option not in item.answer
        for number in _stands_in(option, item.question, story, max(least, STATED), asked)[:1]
    ]


def quoted(option: str, story: Story) -> int | None:
    """The first paragraph in which an option stands word for word, if it is long enough to say."""
    said = spelled(option)
    if len(said) < QUOTED:
        return None
    run = f" {plain(option)} "
    return next(
        (n for n, text in enumerate(story.paragraphs) if run in f" {plain(text)} "),
        None,
    )


def line_of(text: str, item: Item) -> int | None:
    """The line of an item's id in the text of its file."""
    match = re.search(rf"^[\s-]*id:\s*['\"]?{re.escape(item.id)}['\"]?\s*$", text, re.MULTILINE)
    return text.count("\n", 0, match.end()) + 1 if match else None


def _stands_in(option: str, question: str, story: Story, least: float, asked: float) -> list[int]:
    return [
        number
        for number, text in enumerate(story.paragraphs)
        if share(option, text) >= least and share(question, text) >= asked
    ]


def _answered(character: Character, item: Item, story: Story) -> bool:
    """Whether an accepted answer, in any way to write it, is where it should be."""
    there = [story.excerpt(item.evidence), str(character.profile.model_dump(mode="json"))]
    where = f" {plain(' '.join(there))} "
    ways = [way for answer in item.answer for way in ways_to_write(answer)]
    return any(f" {plain(way)} " in where for way in ways)
