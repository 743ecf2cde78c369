"""The file of a drafted questionnaire: where it may be, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulacra.characters import Character, FileProblemsError, Item, Questionnaire
from simulacra.characters.yaml_files import dump_yaml, read_yaml
from simulacra.errors import CharacterError, CharacterExistsError
from simulacra.evaluation.draft_asking import TEMPLATES

DRAFT = "questionnaire.draft.yaml"

HEADER = """\
# A draft of self-report items on {name}: {model} made it on {day} with seed {seed}.
# Prompts: {prompts}.
# A person is to read every item: is the right answer right, is each wrong one false by the whole
# story, can nobody guess it? Then check it and make it the character's questionnaire:
#   simulacra evaluate questionnaire check {slug} --file {file}
"""


@dataclass(frozen=True)
class LeftOut:
    """An item that came to nothing, and why."""

    name: str
    reason: str


def draft_path(character: Character, output: Path | None, *, force: bool) -> Path:
    """Where the draft goes; found out before anything is paid.

    Raises:
        CharacterError: into a shipped character's folder, or over what is no questionnaire.
        CharacterExistsError: there is a file already and ``force`` is off.
    """
    path = output or character.folder / DRAFT
    if character.shipped and path.resolve().is_relative_to(character.folder.resolve()):
        raise CharacterError(
            f"{character.name} is shipped with the program and is not changed.",
            "Say where the draft is to go: --output FILE",
        )
    if path.is_dir():
        raise CharacterError(f"{path} is a folder.", "Name a file: --output FILE.yaml")
    if path.exists():
        if not force:
            raise CharacterExistsError(
                f"{path} exists already, and somebody may have worked on it.",
                "Choose another --output, or say --force to draft anew over it.",
            )
        try:
            read_yaml(path, Questionnaire)
        except FileProblemsError as error:
            raise CharacterError(
                f"{path} is no questionnaire that could be drafted anew.",
                "Choose another --output, or remove the file.",
            ) from error
    return path


def draft_text(
    character: Character,
    items: tuple[Item, ...],
    left_out: tuple[LeftOut, ...],
    *,
    model: str,
    seed: int,
    path: Path,
) -> str:
    """The draft's file: whence it is and what is to be done with it, then the items."""
    head = HEADER.format(
        name=_line(character.name),
        model=_line(model),
        day=datetime.now(UTC).date(),
        seed=seed,
        prompts=", ".join(f"{template.name} {template.digest}" for template in TEMPLATES),
        slug=character.slug,
        file=_line(str(path)),
    )
    left = "".join(f"# Left out: {_line(o.name)}. {_line(o.reason)}\n" for o in left_out)
    return f"{head}{left}{dump_yaml(Questionnaire(items=items))}"


def _line(text: str) -> str:
    """A text on one line of a comment, without marks that YAML does not allow."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
