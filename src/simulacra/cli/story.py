"""``simulacra story``: grow a life story, look at it, add to it, take it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.cli.show import console, emit, table

if TYPE_CHECKING:
    from simulacra.biography import Entry, Estimate
    from simulacra.characters import Character
    from simulacra.settings import Settings

app = typer.Typer(
    help="Grow a life story and review it, paragraph by paragraph.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="a character's name or slug")]
Workspace = Annotated[Path | None, typer.Option(help="the folder of your characters")]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]
Model = Annotated[str | None, typer.Option(help="the model that writes and checks")]
Iterations = Annotated[int, typer.Option(min=1, help="expansions of the whole story, at most")]
Words = Annotated[int | None, typer.Option(min=1, help="stop at so many words")]
ReviewEvery = Annotated[
    int, typer.Option(min=0, help="stop for you after so many expansions; 0 never stops")
]
Retries = Annotated[int, typer.Option(min=0, max=9, help="further tries of one that is flagged")]
Seed = Annotated[int, typer.Option(help="the same seed chooses the same chunks")]


def open_own(name: str, settings: Settings) -> Character:
    """A character of the user's own, by name."""
    from simulacra.characters import Workspace as Characters

    character = Characters.find(settings).get(name)
    character.require_own()
    return character


@app.command()
def expand(
    name: Name,
    iterations: Iterations = 50,
    words: Words = None,
    review_every: ReviewEvery = 10,
    retries: Retries = 1,
    seed: Seed = 0,
    model: Model = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what it would take")] = False,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Expand a story chunk by chunk, until a goal is reached or it is your turn to review.

    What passes the automatic checks is taken in; what does not is tried again, or waits for you.
    Whatever ends the work, the same command goes on with the next unfinished step.
    """
    import asyncio

    from simulacra.biography.planning import plan_of
    from simulacra.cli.growing import grow, said_before
    from simulacra.settings import Settings

    settings = Settings.read(model=model, workspace=workspace)
    character = open_own(name, settings)
    plan = plan_of(settings, iterations, words, review_every, retries, seed)
    expected, price = asyncio.run(said_before(character, settings, plan, quiet=json))
    if dry_run:
        if json:
            emit(_estimated(expected, price))
        return
    result = asyncio.run(grow("story expansion", character, settings, plan))
    if json:
        emit(result | {"estimate": _estimated(expected, price)})
    else:
        _say_result(character, result)


@app.command()
def status(name: Name, json: Json = False, workspace: Workspace = None) -> None:
    """Show how far a story is, the scores of its chunks, and what waits for you."""
    import asyncio

    from simulacra.biography import due, expansions, read_history
    from simulacra.biography.planning import scored
    from simulacra.characters import Workspace as Characters
    from simulacra.settings import Settings

    settings = Settings.read(workspace=workspace)
    character = Characters.find(settings).get(name)
    history = read_history(character)
    story, scores = asyncio.run(scored(character, settings))
    if json:
        emit(
            {
                "character": character.slug,
                "words": story.words,
                "paragraphs": len(story.paragraphs),
                "expansions": expansions(history),
                "waiting": [entry.id for entry in history.waiting()],
                "unreviewed": [entry.id for entry in history.unreviewed()],
                "revisions": [_row(entry) for entry in history.entries.values()],
                "scores": [s.model_dump() | {"paragraph": n} for n, s in enumerate(scores)],
            }
        )
        return
    out = console()
    out.print(
        f"{character.name}: {story.words:,} words in {len(story.paragraphs)} paragraphs, "
        f"{expansions(history)} expansions.",
        markup=False,
    )
    if waiting := due(history):
        heads = ("revision", "status", "paragraph", "what the checks say")
        table(heads, [_cells(entry) for entry in waiting])
        out.print(f"Your turn: simulacra story review {character.slug}", markup=False)
    order = sorted(range(len(scores)), key=lambda n: -scores[n].priority)
    heads = ("paragraph", "priority", "importance", "elaborateness", "redundancy", "begins")
    rows = [
        (
            n,
            *(f"{v:.2f}" for v in (s.priority, s.importance, s.elaborateness, s.redundancy)),
            f"{story.paragraphs[n][:40]}…",
        )
        for n in order[:12]
        if (s := scores[n])
    ]
    out.print("\nThe next to be expanded is one of the first three:" if rows else "")
    table(heads, rows)


@app.command()
def diff(
    name: Name,
    revision: Annotated[str, typer.Argument(help="a revision's id; unset: all that wait")] = "",
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Show what a revision changes, its scores, its checks, and what was decided."""
    from simulacra.biography import due, read_history
    from simulacra.characters import Workspace as Characters
    from simulacra.cli.reviewing import show_entry
    from simulacra.settings import Settings

    character = Characters.find(Settings.read(workspace=workspace)).get(name)
    history = read_history(character)
    entries = [history.entry(revision)] if revision else due(history)
    if json:
        emit([entry_json(entry) for entry in entries])
        return
    for entry in entries:
        show_entry(entry)
    if not entries:
        console().print("Nothing waits for you.")


@app.command()
def ledger(
    name: Name,
    edit: Annotated[bool, typer.Option("--edit", help="correct it in your editor")] = False,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Show what the story has settled: who, when, where, what is known; and contradictions."""
    from simulacra.biography.ledger import check_ledger, ledger_tables, read_ledger
    from simulacra.characters import Workspace as Characters
    from simulacra.cli.growing import edit_ledger
    from simulacra.settings import Settings

    settings = Settings.read(workspace=workspace)
    if edit:
        edit_ledger(open_own(name, settings))
    character = Characters.find(settings).get(name)
    found = read_ledger(character)
    flags = check_ledger(found)
    if json:
        emit(found.model_dump(mode="json") | {"flags": [f.model_dump() for f in flags]})
        return
    out = console()
    for title, heads, rows in ledger_tables(found):
        out.print(f"\n{title}", style="bold", markup=False)
        table(heads, rows)
    for flag in flags:
        out.print(f"{flag.check}: {flag.message}", style="yellow", markup=False)


@app.command()
def tell(
    name: Name,
    text: Annotated[str, typer.Argument(help="an experience, in plain words")],
    after: Annotated[
        int | None, typer.Option(min=-1, help="after this paragraph; unset: at the end")
    ] = None,
    model: Model = None,
    workspace: Workspace = None,
) -> None:
    """Add an experience of your own to a story: it becomes a memory at once."""
    import asyncio

    from simulacra.cli.growing import told
    from simulacra.settings import Settings

    settings = Settings.read(agent_model=model, workspace=workspace)
    character = open_own(name, settings)
    print(asyncio.run(told(character, text, after, settings)))


@app.command()
def export(
    name: Name,
    to: Annotated[Path, typer.Option("--to", "-o", help="a file that ends in .md or .pdf")],
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Write the story with its biography as Markdown, or as a PDF to read."""
    from simulacra.biography import Story
    from simulacra.characters import Workspace as Characters
    from simulacra.dataset.book import write_book
    from simulacra.errors import StoryError
    from simulacra.settings import Settings

    character = Characters.find(Settings.read(workspace=workspace)).get(name)
    if not Story.parse(character.story_text).paragraphs:
        raise StoryError(
            f"{character.name} has no story yet.", f"simulacra story expand {character.slug}"
        )
    write_book(character, to)
    if json:
        emit({"exported": to})
    else:
        console().print(str(to), markup=False)


def entry_json(entry: Entry) -> dict[str, Any]:
    """All that is known of a revision."""
    return {
        "id": entry.id,
        "status": entry.status,
        "reviewed": entry.reviewed,
        "after_now": entry.after,
        "revision": entry.revision.model_dump(mode="json"),
        "decisions": [decided.model_dump(mode="json") for decided in entry.decisions],
    }


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "status": entry.status,
        "reviewed": entry.reviewed,
        "author": entry.revision.author.name,
        "paragraph": entry.revision.start,
        "flags": [flag.message for flag in entry.revision.flags],
    }


def _cells(entry: Entry) -> tuple[object, ...]:
    said = " ".join(flag.message for flag in entry.revision.flags)
    status = "waiting" if entry.status == "waiting" else "taken in by the checks"
    return entry.id, status, entry.revision.start, said


def _estimated(expected: Estimate, price: float | None) -> dict[str, Any]:
    return {
        "iterations": expected.iterations,
        "calls": expected.usage.calls,
        "input_tokens": expected.usage.input_tokens,
        "output_tokens": expected.usage.output_tokens,
        "dollars": price,
    }


def _say_result(character: Character, result: dict[str, Any]) -> None:
    out, slug = console(), character.slug
    why = {
        "review": "it is your turn to review",
        "iterations": "all iterations are done",
        "words": "it has as many words as you wanted",
        "nothing left": "nothing is left to expand but what waits for you or is told at length",
    }[result["stopped"]]
    out.print(
        f"{character.name}: {result['words']:,} words after {result['iterations']} expansions; "
        f"{why}.",
        markup=False,
    )
    if result["waiting"] or result["unreviewed"]:
        out.print(
            f"{result['waiting']} wait for you, {result['unreviewed']} were taken in by the checks "
            f"alone: simulacra story review {slug}",
            markup=False,
        )
    if result["stopped"] == "review":
        out.print(f"Then: simulacra story expand {slug}", markup=False)
    else:
        out.print(f"Then: simulacra memory build {slug}", markup=False)
