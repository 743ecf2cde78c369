"""What is asked: items of the self report and statements of the personality test, one by one.

The simulacrum is asked by its best friend in a comfortable setting (paper, Section 5.1), with the
same words for all methods. How many options are right is never said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from simulacra.characters import Character, Item
from simulacra.errors import CharacterError
from simulacra.evaluation.options import Shuffled, shuffle
from simulacra.evaluation.personality import Statement
from simulacra.evaluation.readings import Reading, read_yes_no
from simulacra.evaluation.records import AskedStatement, Kind, Task
from simulacra.evaluation.scoring import possible_points, read_item, score_item
from simulacra.inference import Template

FRIEND = "My best friend, at the kitchen table with me, the kettle on"
"""Who asks, as the simulacrum sees it."""

CLOZE = Template("In a few words: {question}", name="cloze question")
SINGLE = Template(
    "{question}\n{options}\nOne of these is right. Just tell me its letter.", name="single question"
)
MULTIPLE = Template(
    "{question}\n{options}\nSome of these are right and some are not. Tell me the letters of all "
    "that are right.",
    name="multiple question",
)
YES_NO = Template(
    "Somebody said about themselves: “{question}” Is that true of you as well, yes or no?",
    name="statement",
)
ASKED: dict[Kind, Template] = {
    "cloze": CLOZE,
    "single": SINGLE,
    "multiple": MULTIPLE,
    "yes_no": YES_NO,
}

WHAT_ARE_YOU_LIKE = "What are you like?"
"""The question to which a statement of the personality test is an answer."""


class Question(Protocol):
    """Something that is asked, shown in another order at each repeat, read and scored."""

    @property
    def task(self) -> Task:
        """Which test it belongs to."""
        ...

    @property
    def id(self) -> str:
        """Its name, unique within the test."""
        ...

    @property
    def kind(self) -> Kind:
        """How it is answered."""
        ...

    @property
    def about(self) -> str:
        """The question itself, on which inner steps work: no options, no order."""
        ...

    @property
    def options(self) -> tuple[str, ...]:
        """What can be judged true or not, in the item's own order; nothing for a cloze."""
        ...

    @property
    def expected(self) -> tuple[str, ...]:
        """The right answers; nothing for a statement, which is neither right nor wrong."""
        ...

    @property
    def possible(self) -> float:
        """The most points that it can give."""
        ...

    @property
    def digest(self) -> str:
        """A digest of everything in it, for provenance."""
        ...

    @property
    def statement(self) -> AskedStatement | None:
        """What it stands for in the personality test."""
        ...

    def shown(self, seed: int, repeat: int) -> Shuffled:
        """The options in the order that seed and repeat decide."""
        ...

    def words(self, shown: Shuffled) -> str:
        """What the friend says, options and all."""
        ...

    def read(self, shown: Shuffled, answer: str) -> Reading:
        """What an answer says."""
        ...

    def score(self, reading: Reading) -> float:
        """The points of a reading."""
        ...


@dataclass(frozen=True)
class ItemQuestion:
    """An item of a character's questionnaire."""

    item: Item
    task: Task = "self_report"
    statement: AskedStatement | None = None

    @property
    def id(self) -> str:
        """The item's id."""
        return self.item.id

    @property
    def kind(self) -> Kind:
        """The item's kind."""
        return self.item.kind

    @property
    def about(self) -> str:
        """The item's question."""
        return self.item.question

    @property
    def options(self) -> tuple[str, ...]:
        """The item's options."""
        return self.item.options

    @property
    def expected(self) -> tuple[str, ...]:
        """The right options, or a cloze's accepted answers."""
        return self.item.answer

    @property
    def possible(self) -> float:
        """2, or 6 for a multiple choice."""
        return possible_points(self.item)

    @property
    def digest(self) -> str:
        """A digest of the item."""
        return _digest(self.item.model_dump_json())

    def shown(self, seed: int, repeat: int) -> Shuffled:
        """The options as seed, item and repeat order them."""
        return shuffle(self.item, seed=seed, repeat=repeat)

    def words(self, shown: Shuffled) -> str:
        """The question, the lettered options, and how to answer."""
        if self.item.kind == "cloze":
            return CLOZE.fill(question=self.about)
        options = "\n".join(shown.lettered())
        return ASKED[self.item.kind].fill(question=self.about, options=options)

    def read(self, shown: Shuffled, answer: str) -> Reading:
        """The options chosen, or the accepted answer found."""
        return read_item(self.item, shown, answer)

    def score(self, reading: Reading) -> float:
        """The item's points."""
        return score_item(self.item, reading).points


@dataclass(frozen=True)
class StatementQuestion:
    """A trait description of the pool, to which one says yes or no."""

    of: Statement
    own: bool
    task: Task = "personality"
    kind: Kind = "yes_no"
    expected: tuple[str, ...] = ()
    possible: float = 0

    @property
    def id(self) -> str:
        """Tendency, rank and a digest of the text: the same in every share of the pool."""
        return f"{self.of.tendency.lower()}-{self.of.rank}-{_digest(self.of.text)[:8]}"

    @property
    def about(self) -> str:
        """The statement as the friend puts it: it has no options that could be left out."""
        return YES_NO.fill(question=self.of.text)

    @property
    def options(self) -> tuple[str, ...]:
        """The statement alone."""
        return (self.of.text,)

    @property
    def digest(self) -> str:
        """A digest of the statement."""
        return _digest(f"{self.of.tendency}/{self.of.rank}/{self.of.text}")

    @property
    def statement(self) -> AskedStatement:
        """Tendency, rank, and whether it stands in the character's own prompt."""
        return AskedStatement(tendency=self.of.tendency, rank=self.of.rank, own=self.own)

    def shown(self, seed: int, repeat: int) -> Shuffled:
        """Nothing to shuffle."""
        return Shuffled(item=self.id, seed=seed, repeat=repeat, order=(), options=())

    def words(self, shown: Shuffled) -> str:
        """The statement, and whether it is true."""
        del shown
        return self.about

    def read(self, shown: Shuffled, answer: str) -> Reading:
        """Yes or no."""
        del shown
        return read_yes_no(answer)

    def score(self, reading: Reading) -> float:
        """Nothing by itself: the tendencies are ordered by all answers together."""
        del reading
        return 0


def questions_of(character: Character) -> list[ItemQuestion]:
    """The items of a character's questionnaire, in its order.

    Raises:
        CharacterError: the character has none.
    """
    if character.questionnaire is None or not character.questionnaire.items:
        raise CharacterError(
            f"{character.name} has no questionnaire, so there is nothing to ask.",
            f"Write {character.folder / 'questionnaire.yaml'}: "
            "simulacra evaluate questionnaire draft " + character.slug,
        )
    return [ItemQuestion(item) for item in character.questionnaire.items]


def statements_for(
    character: Character, statements: Iterable[Statement]
) -> list[StatementQuestion]:
    """Statements as questions to a character, each marked where it is one of its own."""
    own: Collection[str] = set(character.profile.traits.descriptions)
    return [StatementQuestion(statement, statement.text in own) for statement in statements]


def digests(questions: Sequence[Question]) -> dict[str, str]:
    """The digest of each question by its id."""
    return {question.id: question.digest for question in questions}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
