"""A character's life as something to read: Markdown, or a PDF."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from simulacra.biography import Story
from simulacra.characters import Character, write_file
from simulacra.errors import StorageError, StoryError

FICTION = "A work of fiction: this person is made up, and so is everybody in the story."


def write_book(character: Character, path: Path) -> None:
    """Write biography and life story to a file that ends in ``.md`` or ``.pdf``.

    Raises:
        StoryError: another ending, or the package for PDF isn't installed.
        CharacterError, StorageError: the file can't be written.
    """
    match path.suffix.lower():
        case ".md":
            write_file(path, markdown(character))
        case ".pdf":
            _write_pdf(character, path)
        case other:
            raise StoryError(
                f"A story can't be written as {other or 'a file without an ending'!r}.",
                "Name a file that ends in .md or .pdf.",
            )


def markdown(character: Character) -> str:
    """Title, note, biography and life story with its chapters, as Markdown."""
    provenance = character.sheet.provenance
    return (
        f"# {character.name}\n\n*{FICTION} {provenance.note} "
        f"{provenance.author}, {provenance.licence}.*\n\n## In short\n\n"
        f"{character.biography.strip()}\n\n## The life story\n\n"
        + Story.parse(character.story_text).render().replace("# ", "### ")
    )


def _write_pdf(character: Character, path: Path) -> None:
    try:
        from fpdf import FPDF
        from fpdf.errors import FPDFException
    except ImportError as error:
        raise StoryError(
            "To write PDF a package is missing.", "Install it: pip install 'simulacra[pdf]'"
        ) from error
    fonts = files("font_source_serif_pro") / "files"
    book = FPDF(format=(148, 210))
    book.set_margins(18, 18)
    book.set_auto_page_break(auto=True, margin=18)
    book.set_title(character.name)
    for style, name in (("", "Regular"), ("B", "Bold"), ("I", "It")):
        book.add_font("serif", style, str(fonts / f"SourceSerifPro-{name}.ttf"))
    book.add_page()

    def write(text: str, style: str = "", size: float = 10.5, space: float = 3) -> None:
        book.set_font("serif", style, size)
        book.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT")
        book.ln(space)

    provenance, story = character.sheet.provenance, Story.parse(character.story_text)
    try:
        write(character.name, "B", 22, 6)
        write(f"{FICTION} {provenance.note} {provenance.author}, {provenance.licence}.", "I", 9)
        write("In short", "B", 14)
        for paragraph in Story.parse(character.biography).paragraphs:
            write(paragraph)
        write("The life story", "B", 14)
        headings = {chapter.start: chapter.title for chapter in story.chapters}
        for number, paragraph in enumerate(story.paragraphs):
            if number in headings:
                write(headings[number], "B", 12)
            write(paragraph)
        book.output(str(path))
    except FPDFException as error:
        raise StoryError(
            f"The story can't be set as a PDF: {error}", "Export it as .md."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror or error}.",
            "See to free space and permissions.",
        ) from error
