"""A model drafts a questionnaire; what it drafts is checked by rules, and a person reads it.

Every answer is in a journal beside the draft before anything else happens: the same command goes
on after any end, and pays for no answer twice. The draft itself is written once, whole.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulacra.biography import Story
from simulacra.biography.ledger import LEDGER, Ledger, read_ledger
from simulacra.characters import (
    ITEM_KINDS,
    Character,
    Item,
    ItemKind,
    Journal,
    write_file,
)
from simulacra.errors import (
    AnswerError,
    ModelError,
    ModelRejectedError,
    SimulacraError,
    StorageError,
    StoryError,
)
from simulacra.evaluation.draft_asking import FORMS, Form, Place, asked, plan
from simulacra.evaluation.draft_file import LeftOut, draft_path, draft_text
from simulacra.evaluation.draft_reading import RefusedError, read_form, require_new
from simulacra.inference import Usage

if TYPE_CHECKING:
    from simulacra.inference import ChatModel


@dataclass(frozen=True)
class Draft:
    """What came of drafting: the items by kind, what was left out, and what was paid now."""

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    usage: Usage


@dataclass
class Drafting:
    """How far drafting is: answers there of those asked for, and what was paid now."""

    total: int
    finished: int = 0
    usage: Usage = field(default_factory=Usage)


Report = Callable[[Drafting], None]


async def draft(
    character: Character,
    model: ChatModel,
    counts: Mapping[ItemKind, int],
    path: Path,
    *,
    seed: int = 0,
    force: bool = False,
    report: Report = lambda _: None,
) -> Draft:
    """Draft so many items of each kind and write them to ``path``.

    An item that the rules refuse is asked for once more with the reason, then left out. Where
    nothing is left no file is written.

    Raises:
        ModelRejectedError: the model is a small one.
        StoryError: there is no story to ask about.
        ModelError: the model can't be asked any more; what it answered is kept.
        CharacterError, StorageError: the draft may not be, or can't be, written there.
    """
    require_able(model.name, small=model.small)
    story = Story.parse(character.story_text)
    if not story.paragraphs:
        raise StoryError(
            f"{character.name} has no story to draft questions from.",
            f"Write one first: simulacra story expand {character.slug}",
        )
    ledger = read_ledger(character) if (character.folder / LEDGER).exists() else None
    draft_path(character, path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{path.parent} can't be made: {error.strerror}.", "Choose another --output."
        ) from error
    with Journal.locked(path.with_name(f".{path.name}.journal")) as journal:
        try:
            draft_path(character, path, force=force)  # another may have made it meanwhile
        except SimulacraError:
            if not journal.answers:
                journal.delete()
            raise
        work = _Work(character, story, ledger, model, journal, report)
        made = await work.draft(plan(story, ledger, counts, seed))
        if made.items:
            text = draft_text(
                character, made.items, made.left_out, model=model.name, seed=seed, path=path
            )
            write_file(path, text)
        journal.delete()
    return made


def require_able(model: str, *, small: bool) -> None:
    """Raise where a model is too small to draft.

    An item needs a sentence copied faithfully and wrong options that are false by the whole story.
    A small model's items would mostly be refused, and what got through would look like work that
    is done while a person has to write it anew.

    Raises:
        ModelRejectedError: it is a small one.
    """
    if small:
        raise ModelRejectedError(
            f"{model} is too small to draft questions: they need faithful quotations, and "
            "wrong answers that are false by the whole story.",
            "Name a larger model (--model, see `simulacra models list`), or write "
            "questionnaire.yaml by hand; `simulacra evaluate questionnaire check` needs no model.",
        )


@dataclass(frozen=True)
class _Work:
    character: Character
    story: Story
    ledger: Ledger | None
    model: ChatModel
    journal: Journal
    report: Report

    async def draft(self, places: Sequence[Place]) -> Draft:
        """Two rounds: all items side by side, then those again that were refused.

        Items are compared in the order of the plan, whichever answer came first: what is refused
        does not hang on time, so that after a kill the same is asked again.
        """
        progress = Drafting(len(places))
        self.report(progress)
        kept: dict[Place, Item] = {}
        refused = await self._round(dict.fromkeys(places, ""), kept, progress)
        progress.total += len(refused)
        left = await self._round(refused, kept, progress)
        counts = Counter[ItemKind]()
        items: list[Item] = []
        for place in sorted(kept, key=lambda place: (ITEM_KINDS.index(place.kind), place.number)):
            counts[place.kind] += 1
            name = f"{place.kind}-{counts[place.kind]}"
            items.append(kept[place].model_copy(update={"id": name}))
        out = tuple(LeftOut(place.name, reason) for place, reason in left.items())
        return Draft(tuple(items), out, progress.usage)

    async def _round(
        self, due: Mapping[Place, str], kept: dict[Place, Item], progress: Drafting
    ) -> dict[Place, str]:
        """Ask for the items due, with what was wrong before; return those refused, and why."""
        gate = asyncio.Semaphore(max(1, self.model.concurrency))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = {
                    place: group.create_task(self._answer(place, reproach, gate, progress))
                    for place, reproach in due.items()
                }
        except* (ModelError, StorageError) as several:
            raise several.exceptions[0] from None
        refused: dict[Place, str] = {}
        for place, task in tasks.items():
            form = task.result()
            try:
                if isinstance(form, str):
                    raise RefusedError(form)
                item = read_form(form, place, self.story)
                require_new(item, list(kept.values()))
            except RefusedError as error:
                refused[place] = str(error)
            else:
                kept[place] = item
        return refused

    async def _answer(
        self, place: Place, reproach: str, gate: asyncio.Semaphore, progress: Drafting
    ) -> Form | str:
        """The filled form, from the journal where it is there; in words why there is none."""
        prompt, how = asked(self.character, self.story, self.ledger, place, reproach)
        schema = FORMS[place.kind]
        parts = (self.model.name, prompt.digest, prompt.system, prompt.user, str(how.seed))
        key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        form: Form | str | None = self.journal.get(key, schema)
        if form is None:
            async with gate:
                try:
                    answer = await self.model.fill(prompt, schema, how)
                except AnswerError as error:
                    form = error.what
                else:
                    self.journal.add(key, answer.value)
                    progress.usage += answer.usage
                    form = answer.value
        progress.finished += 1
        self.report(progress)
        return form
