"""Facts read from paragraphs by a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from simulacra.biography.ledger.claiming import claims
from simulacra.biography.ledger.data import Facts, Ledger
from simulacra.biography.ledger.names import people_in
from simulacra.biography.ledger.proof import proved
from simulacra.inference import Answer, Prompt, Sampling, Template

if TYPE_CHECKING:
    from simulacra.inference import ChatModel

READ = Template(
    """\
From a story about {name}{known}:

{text}

List what this text itself says; leave a list empty where it says nothing.
- people: name as written; relation is what they are to {name} (mother, friend), if told; born and \
died only if told.
- events: what happened, in at most twelve of the text's words; date and age ({name}'s) only if \
told; place; people.
- places: name as written; what it is.
- knowledge: a topic that {name} knows or, with knows false, can't know; why.
""",
    name="read facts",
)

READ_FEW = Template(
    """\
From a story about {name}{known}:

{text}

- people: each person named in this text, and what they are to {name} (mother, friend), if told.
- events: what happened in this text, at most four, each in its own few words.
""",
    name="read few facts",
)

READING = Sampling(temperature=0.0, max_tokens=900)
READING_FEW = Sampling(temperature=0.0, max_tokens=320)


class PersonRead(BaseModel):
    """A person, as read."""

    name: str = Field(min_length=1, max_length=60)
    relation: str = Field(default="", max_length=40)
    born: str = Field(default="", max_length=20)
    died: str = Field(default="", max_length=20)


class EventRead(BaseModel):
    """An event, as read."""

    what: str = Field(min_length=1, max_length=120)
    date: str = Field(default="", max_length=20)
    age: int | None = Field(default=None, ge=0, le=130)
    place: str = Field(default="", max_length=60)
    people: list[str] = Field(default_factory=list[str], max_length=6)


class PlaceRead(BaseModel):
    """A place, as read."""

    name: str = Field(min_length=1, max_length=60)
    what: str = Field(default="", max_length=80)


class KnowledgeRead(BaseModel):
    """What she knows or can't know, as read."""

    topic: str = Field(min_length=1, max_length=60)
    knows: bool
    why: str = Field(default="", max_length=100)


class FactsRead(BaseModel):
    """What a model writes on reading some paragraphs."""

    people: list[PersonRead] = Field(default_factory=list[PersonRead], max_length=8)
    events: list[EventRead] = Field(default_factory=list[EventRead], max_length=6)
    places: list[PlaceRead] = Field(default_factory=list[PlaceRead], max_length=5)
    knowledge: list[KnowledgeRead] = Field(default_factory=list[KnowledgeRead], max_length=3)


class Relative(BaseModel):
    """A person, as a small model reads them."""

    name: str = Field(min_length=1, max_length=40)
    relation: str = Field(default="", max_length=30)


class FewFactsRead(BaseModel):
    """What a small model writes; dates, ages and people of its events are read by rules."""

    people: list[Relative] = Field(default_factory=list[Relative], max_length=6)
    events: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list[str], max_length=4
    )

    def whole(self) -> FactsRead:
        """The same in the form of ``FactsRead``."""
        return FactsRead(
            people=[PersonRead(name=one.name, relation=one.relation) for one in self.people],
            events=[EventRead(what=what) for what in self.events if what.strip()],
        )


async def read_facts(
    model: ChatModel, paragraphs: Sequence[str], known: Ledger, *, seed: int | None = None
) -> Answer[Facts]:
    """Return what some paragraphs say, by a model and by rules, with ids counted from 0.

    People whom the ledger knows and the text names are told to the model, so that names stay the
    same. What the words don't bear out is dropped and counted in ``dropped``. Without a model, or
    after an error, ``claims`` gives what rules alone can read.

    Raises:
        AnswerError: the model's answer can't be used, not even when asked again.
        ModelError: no answer came.
    """
    prompt = reading("\n\n".join(paragraphs), known, small=model.small)
    if model.small:
        few = await model.fill(prompt, FewFactsRead, replace(READING_FEW, seed=seed))
        read, usage, seconds = few.value.whole(), few.usage, few.seconds
    else:
        answer = await model.fill(prompt, FactsRead, replace(READING, seed=seed))
        read, usage, seconds = answer.value, answer.usage, answer.seconds
    facts = claims(paragraphs, known) + proved(read, paragraphs, known)
    return Answer(facts, usage, seconds)


def reading(text: str, known: Ledger, *, small: bool) -> Prompt:
    """Ask for the facts of some paragraphs; a small model for few of them."""
    herself = known.self_
    named = [
        f"{person.name} ({person.relation})" if person.relation else person.name
        for person in people_in(known.people, text)
        if not person.is_self
    ]
    template = READ_FEW if small else READ
    filled = template.fill(
        name=herself.name if herself else "the narrator",
        known=f", with {', '.join(named)}" if named else "",
        text=text,
    )
    return Prompt("", filled, template.digest)
