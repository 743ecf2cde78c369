"""``simulacra characters new``: a person is made, from candidates or from questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.cli.candidates import PoolsFolder, open_pools
from simulacra.cli.characters import Json, WorkspaceFolder, open_workspace, say_shadowing
from simulacra.cli.living import Life
from simulacra.cli.pairs import pairs
from simulacra.cli.show import console, emit
from simulacra.settings import user_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulacra.characters import Character, Workspace
    from simulacra.characters.attribute_pools import Pools
    from simulacra.characters.candidate import Candidate


def new(
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A file of candidates (characters sample or select)."),
    ] = None,
    index: Annotated[
        int | None, typer.Option(min=1, help="Which candidate of the file, from 1.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Which candidate of the file, by name.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All candidates of the file.")] = False,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ATTRIBUTE=VALUE",
            help='Give an attribute: occupation="nurse". May be given several times.',
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed draws the same.", show_default=False)
    ] = None,
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Ask for each attribute  [default: at a terminal]"),
    ] = None,
    insist: Annotated[
        bool, typer.Option("--insist", help="Keep given attributes that contradict each other.")
    ] = False,
    slug: Annotated[str, typer.Option("--as", help="The slug, unset: from the name.")] = "",
    author: Annotated[str, typer.Option(help="Whose it is  [default: your user name]")] = "",
    licence: Annotated[
        str, typer.Option(help="Under which licence  [default: all rights reserved]")
    ] = "",
    story: Annotated[
        bool, typer.Option("--story", help="Write biography and story, and make memories, too.")
    ] = False,
    iterations: Annotated[
        int, typer.Option(min=1, help="With --story: expansions of the story.")
    ] = 50,
    words: Annotated[
        int | None, typer.Option(min=1, help="With --story: stop at so many words.")
    ] = None,
    review_every: Annotated[
        int, typer.Option(min=0, help="With --story: stop for you so often; 0 never stops.")
    ] = 0,
    model: Annotated[str | None, typer.Option(help="With --story: the model that writes.")] = None,
    json: Json = False,
    pools: PoolsFolder = None,
    workspace: WorkspaceFolder = None,
) -> None:
    """Make a new person: from a file of candidates, or attribute by attribute.

    At a terminal each attribute is asked for, with suggestions; Enter leaves it to chance.
    Elsewhere all that --fix does not give is drawn. With --story the person gets a whole life;
    whatever ends the work, the same command goes on with it.
    """
    from simulacra.characters.making import made_of, make_all

    place = open_workspace(workspace)
    life = Life(place, model, iterations, words, review_every, seed or 0) if story else None
    if life is not None and (begun := life.unfinished()):
        life.live(begun, json=json)
        return
    by = {"author": author or user_name(), **({"licence": licence} if licence else {})}
    if source is None:
        if index is not None or name is not None or every:
            raise typer.BadParameter("--index, --name and --all need --from FILE")
        given = pairs("--fix", fix or [])
        drawn = _drawn(open_pools(pools), seed, given, ask=ask, insist=insist)
        if drawn is None:
            return
        candidate, note = drawn
        there = made_of(place, slug, candidate) if life is not None else None
        made = [there or make_one(candidate, place, by, slug=slug, note=note)]
    else:
        if fix or seed is not None or ask or insist:
            raise typer.BadParameter("--fix, --seed, --ask and --insist go without --from FILE")
        chosen = _from_file(source, index, name, every=every)
        if every:
            if slug:
                raise typer.BadParameter("--as names one character, --all makes several")
            made, there_already = make_all(chosen, place, **by)
            for slug in there_already:
                console(stderr=True).print(f"{slug} is there already.", markup=False)
        else:
            there = made_of(place, slug, chosen[0]) if life is not None else None
            made = [there or make_one(chosen[0], place, by, slug=slug)]
    if life is not None:
        life.live(made, json=json)
    else:
        _show(made, place, json=json)


def make_one(
    candidate: Candidate,
    workspace: Workspace,
    by: Mapping[str, str],
    *,
    slug: str = "",
    note: str = "",
) -> Character:
    """Make a candidate a character; at a terminal a slug that is taken is asked for again."""
    from simulacra.characters.making import make
    from simulacra.cli.asking import ask, at_terminal
    from simulacra.errors import CharacterExistsError

    while True:
        try:
            return make(candidate, workspace, slug=slug, note=note, **by)
        except CharacterExistsError as error:
            if not at_terminal():
                raise
            console().print(error.what, markup=False)
            slug = ask("Another slug (Enter to stop):") or ""
            if not slug:
                raise


def _drawn(
    pools: Pools, seed: int | None, given: dict[str, str], *, ask: bool | None, insist: bool
) -> tuple[Candidate, str] | None:
    """One candidate and where it comes from; ``None`` where nobody wanted it."""
    import secrets

    from simulacra.characters.fixing import attribute_called
    from simulacra.characters.making import origin
    from simulacra.cli.asking import at_terminal
    from simulacra.errors import CandidateError

    seed = secrets.randbelow(10**6) if seed is None else seed
    given = {attribute_called(key): text for key, text in given.items()}
    if ask is None:
        ask = at_terminal()
    if not ask:
        from simulacra.characters.insisting import conflict_messages, draw

        if not insist and (told := conflict_messages(pools, given)):
            raise CandidateError(
                f"The given attributes contradict each other. {' '.join(told)}",
                "Change one of them, or keep them all the same with --insist.",
            )
        found = draw(pools, seed, given)
        _say_conflicts(found, pools)
        return found, origin(found, given)
    if not at_terminal():
        raise typer.BadParameter("there is no terminal to ask at: say --no-ask")
    return _asked(pools, seed, given)


def _asked(pools: Pools, seed: int, given: dict[str, str]) -> tuple[Candidate, str] | None:
    from simulacra.characters.insisting import draw
    from simulacra.characters.making import origin
    from simulacra.cli.asking import ask
    from simulacra.cli.attribute_questions import StoppedError, questions
    from simulacra.cli.screening import show_candidate

    try:
        answers = questions(pools, seed, given)
    except StoppedError:
        console().print("Nothing was made.")
        return None
    while True:
        candidate = draw(pools, seed, answers)
        show_candidate(candidate)
        _say_conflicts(candidate, pools)
        answer = ask("Make this person? Enter yes, r draw the rest anew, q quit:")
        match "q" if answer is None else answer.casefold()[:1]:
            case "" | "y":
                return candidate, origin(candidate, answers)
            case "r":
                seed += 1
            case "q" | "n":
                console().print("Nothing was made.")
                return None
            case _:
                console().print("Press Enter, r or q.")


def _say_conflicts(candidate: Candidate, pools: Pools) -> None:
    """Say what was insisted on, and what follows from it."""
    from simulacra.characters.plausibility import conflicts

    for conflict in conflicts(candidate.profile, candidate.as_of, pools):
        console(stderr=True).print(conflict.message, markup=False, style="yellow")


def _from_file(
    source: Path, index: int | None, name: str | None, *, every: bool
) -> list[Candidate]:
    from simulacra.characters.candidate import read_candidates
    from simulacra.errors import CandidateError

    if sum((index is not None, name is not None, every)) > 1:
        raise typer.BadParameter("say one of --index, --name and --all")
    found = read_candidates(source)
    if every:
        return found
    if name is not None:
        same = [c for c in found if c.profile.name.casefold() == name.strip().casefold()]
        if len(same) != 1:
            raise CandidateError(
                f"{source} has {len(same)} candidates called {name!r}.",
                f"Say which with --index, 1 to {len(found)}.",
            )
        return same
    if index is None and len(found) > 1:
        raise CandidateError(
            f"{source} has {len(found)} candidates.", "Say --index K, --name NAME or --all."
        )
    if index is not None and index > len(found):
        raise CandidateError(
            f"{source} has {len(found)} candidates, no number {index}.", "Give a smaller --index."
        )
    return [found[(index or 1) - 1]]


def _show(made: list[Character], workspace: Workspace, *, json: bool) -> None:
    for character in made:
        say_shadowing(workspace, character.slug)
    if json:
        emit([{"slug": c.slug, "name": c.name, "folder": c.folder} for c in made])
        return
    out = console()
    for character in made:
        out.print(f"{character.name} → {character.folder}", markup=False)
    slug = made[0].slug
    out.print("Next:", markup=False)
    for command in ("biography write", "story expand", "memory build", "chat"):
        out.print(f"  simulacra {command} {slug}", markup=False)
