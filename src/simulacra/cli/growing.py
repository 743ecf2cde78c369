"""The growth of a story at the terminal: what it will take, how far it is, what it took."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulacra.biography import Author, Estimate, Plan, Revision, StoryDesk, estimate
from simulacra.characters import Character, read_character
from simulacra.cli import show
from simulacra.inference import Usage, load_chat_model, price

if TYPE_CHECKING:
    from simulacra.jobs import Progress
    from simulacra.settings import Settings


async def said_before(
    character: Character, settings: Settings, plan: Plan, *, quiet: bool
) -> tuple[Estimate, float | None]:
    """Reckon what the work will take until its next stop, and say it on standard error."""
    model = load_chat_model(settings.model, settings)
    with StoryDesk.open(character) as desk:
        expected = estimate(desk, model, plan)
    dollars = price(model.name, expected.usage)
    if not quiet:
        said = _spoken(expected.usage, dollars)
        show.console(stderr=True).print(
            f"{expected.iterations} expansions until the next stop, by {model.name}: about {said}.",
            markup=False,
        )
    return expected, dollars


async def grow(kind: str, character: Character, settings: Settings, plan: Plan) -> dict[str, Any]:
    """Run long work on a story as a durable job, with a progress bar; say what it took."""
    from simulacra.inference import choose_model
    from simulacra.jobs import Jobs
    from simulacra.jobs.works import Asked

    out = show.console(stderr=True)
    name = settings.model or choose_model(settings)[0]
    request = Asked.of(character, name, settings, plan).model_dump(mode="json")
    last: Progress | None = None
    async with Jobs.open(settings) as jobs:
        with _bar(character.name) as advance:

            def watch(progress: Progress) -> None:
                nonlocal last
                if progress.resumed and last is None:
                    out.print(f"Going on with job {progress.job}, as it was begun.", markup=False)
                last = progress
                advance(progress)

            result = await jobs.run(kind, str(character.folder.resolve()), request, watch)
    if last is not None:
        said = _spoken(last.usage, price(name, last.usage))
        out.print(f"Job {last.job} took {said}.", markup=False)
        result |= {"job": last.job, "usage": vars(last.usage)}
    return result


async def told(character: Character, text: str, after: int | None, settings: Settings) -> str:
    """Put an experience into the story and make memories of it; say what became of it."""
    from simulacra.biography import Checks
    from simulacra.biography.expansion import as_paragraphs
    from simulacra.cognition import remember_story
    from simulacra.errors import StoryError
    from simulacra.settings import user_name

    paragraphs = as_paragraphs(text)
    if not paragraphs:
        raise StoryError("There is nothing to tell: the text is empty.", "Write a sentence or two.")
    me = Author(kind="person", name=user_name())
    with StoryDesk.open(character) as desk:
        last = len(desk.story.paragraphs) - 1
        place = last if after is None else after
        if place > last:
            raise StoryError(f"The story has no paragraph {after}.", f"Paragraphs are 0 to {last}.")
        checks = Checks(character.sheet, None, None)
        flags = checks.by_rules(desk.story, "", paragraphs, kept=True)
        number = sum(e.revision.kind == "telling" for e in desk.history.entries.values()) + 1
        revision = Revision(
            id=f"t{number:04d}",
            kind="telling",
            author=me,
            start=place + 1,
            before=(),
            after=paragraphs,
            flags=tuple(flags),
        )
        desk.propose(revision)
        desk.accept(revision.id, me, "told by its author")
    for flag in flags:
        show.console(stderr=True).print(
            f"{flag.check}: {flag.message}", style="yellow", markup=False
        )
    model = load_chat_model(settings.agent_model or settings.model, settings)
    made = await remember_story(
        read_character(character.folder),
        model,
        only=set(range(place + 1, place + 1 + len(paragraphs))),
    )
    return (
        f"{character.name} lived it: paragraph {place + 1} ({revision.id}), "
        f"{made.made} memories made."
    )


def edit_ledger(character: Character) -> None:
    """Let the user correct the ledger; it replaces the old one only if it validates."""
    from simulacra.biography.ledger import LEDGER, read_ledger, write_ledger
    from simulacra.characters import write_file
    from simulacra.cli.asking import yes
    from simulacra.cli.editor import open_editor
    from simulacra.errors import CharacterInvalidError

    with StoryDesk.open(character):
        write_ledger(character, read_ledger(character))
    path = character.folder / LEDGER
    before = path.read_text(encoding="utf-8")
    while True:
        open_editor(path)
        try:
            read_ledger(character)
            return
        except CharacterInvalidError as error:
            show.fail(error)
            if yes("Edit it again?", default=True):
                continue
            kept = path.with_name("ledger.rejected.yaml")
            write_file(kept, path.read_text(encoding="utf-8", errors="replace"))
            write_file(path, before)
            show.console(stderr=True).print(
                f"The ledger is as it was; your text is in {kept}", markup=False
            )
            return


@contextmanager
def _bar(name: str) -> Generator[Callable[[Progress], None]]:
    """A progress bar on standard error: expansions, tokens, time left."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[tokens]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=show.console(stderr=True)) as bar:
        task = bar.add_task(name, total=None, tokens="")

        def advance(progress: Progress) -> None:
            used = progress.usage
            bar.update(
                task,
                description=f"{name}: {progress.note}" if progress.note else name,
                total=progress.total,
                completed=progress.finished or 0,
                tokens=f"{used.input_tokens:,} tokens read, {used.output_tokens:,} written",
            )

        yield advance


def _spoken(used: Usage, dollars: float | None) -> str:
    """``42 calls, 61,000 tokens read, 9,000 written, $0.31``."""
    cost = "at no price" if dollars == 0 else "price not known" if dollars is None else ""
    return (
        f"{used.calls:,} calls, {used.input_tokens:,} tokens read, {used.output_tokens:,} written, "
        f"{cost or f'${dollars:,.2f}'}"
    )
