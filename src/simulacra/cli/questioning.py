"""Questionnaires at the terminal: drafting with progress, and what checking found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from simulacra.biography import Story
from simulacra.characters import Character, ItemKind, Questionnaire, Workspace, problems_in
from simulacra.characters.files import Problem
from simulacra.characters.folder import QUESTIONNAIRE
from simulacra.cli import show
from simulacra.errors import AnswerError, CharacterError, ModelError
from simulacra.evaluation import draft_file, drafting, item_opinions, item_rules
from simulacra.inference import load_chat_model
from simulacra.inference.choice import choose_model
from simulacra.settings import Settings


async def draft(
    name: str,
    counts: Mapping[ItemKind, int],
    settings: Settings,
    *,
    seed: int,
    output: Path | None,
    force: bool,
    json: bool,
) -> None:
    """Draft a questionnaire and say where it is and what was left out.

    Raises:
        AnswerError: not one item came of it.
    """
    character = Workspace.find(settings).get(name)
    path = draft_file.draft_path(character, output, force=force)
    named = settings.model or choose_model(settings)[0]
    drafting.require_able(named, small=named.startswith("embedded:"))  # before weights are fetched
    model = load_chat_model(named, settings)
    with _bar() as bar:
        task = bar.add_task(f"{character.name}: questions")

        def report(now: drafting.Drafting) -> None:
            bar.update(task, total=now.total, completed=now.finished)

        made = await drafting.draft(
            character, model, counts, path, seed=seed, force=force, report=report
        )
    if json:
        show.emit(
            {
                "character": character.slug,
                "model": model.name,
                "seed": seed,
                "file": path if made.items else None,
                "items": [item.model_dump(mode="json") for item in made.items],
                "left_out": [vars(one) for one in made.left_out],
                "calls": made.usage.calls,
                "input_tokens": made.usage.input_tokens,
                "output_tokens": made.usage.output_tokens,
            }
        )
    else:
        for one in made.left_out:
            print(f"left out: {one.name}. {one.reason}")
    if not made.items:
        raise AnswerError(
            f"No item of {model.name} could be used; nothing was written.",
            "Try another --seed or a stronger --model.",
        )
    if not json:
        print(f"{len(made.items)} items of {sum(counts.values())} in {path}: read every one, then")
        print(f"simulacra evaluate questionnaire check {character.slug} --file {path}")


async def check(
    name: str, file: Path | None, asked: str | None, settings: Settings, *, json: bool
) -> bool:
    """Show what is wrong with a questionnaire, and return whether it has no error.

    Raises:
        CharacterError: there is no questionnaire.
        ModelError: the model can't be asked; what the rules found was shown before.
    """
    workspace = Workspace.find(settings)
    folder = workspace.folder_of(name)
    path = file or folder / QUESTIONNAIRE
    if not path.exists():
        raise CharacterError(
            f"There is no {path}.",
            f"Draft one: simulacra evaluate questionnaire draft {folder.name}",
        )
    if broken := [p for p in problems_in(folder) if p.file == path]:
        return show.problems(broken, json=json)
    character = workspace.get(name)
    questionnaire, found = item_rules.check_file(character, path)
    if asked is None or questionnaire is None:
        return show.problems(found, json=json)
    try:
        found += await _opinions(character, questionnaire, path, asked, settings)
    except ModelError:
        show.problems(found, json=json)
        raise
    return show.problems(found, json=json)


async def _opinions(
    character: Character, questionnaire: Questionnaire, path: Path, asked: str, settings: Settings
) -> list[Problem]:
    model = load_chat_model(asked, settings)
    with _bar() as bar:
        task = bar.add_task(f"{model.name}: its opinion")

        def report(done: int, total: int) -> None:
            bar.update(task, total=total, completed=done)

        story = Story.parse(character.story_text)
        return await item_opinions.opinions(
            character, questionnaire, story, path, model, report=report
        )


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=show.console(stderr=True))
