"""``simulacra characters select``: of many candidates the best and most diverse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.cli.candidates import PoolsFolder, open_pools
from simulacra.cli.show import console, emit, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulacra.characters.assessment import Assessed
    from simulacra.characters.attribute_pools import Pools
    from simulacra.characters.candidate import Candidate
    from simulacra.characters.judgement import Judging
    from simulacra.characters.selection import Reasoned, Selection
    from simulacra.settings import Settings


def select(
    file: Annotated[Path, typer.Argument(help="Candidates: JSON or CSV from characters sample.")],
    n: Annotated[int, typer.Option("-n", min=1, help="How many to keep.")],
    auto: Annotated[bool, typer.Option("--auto", help="Choose without asking.")] = False,
    model: Annotated[
        str | None, typer.Option(help="The judge  [default: the model that is set, if any]")
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Rules and diversity only, no judge.")
    ] = False,
    refine: Annotated[bool, typer.Option(help="Change what is in conflict.")] = True,
    seed: Annotated[int, typer.Option(help="Draws refinements, and the first of equals.")] = 0,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the chosen, .json or .csv.", show_default=False),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Forget decisions made before.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON; implies --auto.")] = False,
    pools: PoolsFolder = None,
) -> None:
    """Keep the best and most diverse candidates of a file, and say why.

    Rules come first, each conflict named; then a model's judgement, where one is set; then, at a
    terminal, your own choice. Judgements and decisions are saved beside the file: after Ctrl-C or
    a crash the same command goes on.
    """
    import asyncio

    from simulacra.characters.candidate import read_candidates
    from simulacra.characters.selection import refuse_too_few
    from simulacra.characters.selection import select as choose
    from simulacra.cli.asking import at_terminal
    from simulacra.errors import CandidateError
    from simulacra.settings import Settings

    if model and no_model:
        raise typer.BadParameter("say --model or --no-model")
    if output is not None and output.resolve() == file.resolve():
        raise typer.BadParameter("-o would overwrite the candidates: name another file")
    say = console(stderr=True)
    settings = Settings.read(model=model)
    drawn_from = open_pools(pools)
    candidates = read_candidates(file)
    if n > len(candidates):
        raise CandidateError(
            f"{file} has {len(candidates)} candidates, fewer than {n}.",
            f"Draw more (characters sample -n {10 * n}), or choose fewer.",
        )
    if not no_model and not settings.model:
        say.print("No model is set: by rules and diversity alone (--model adds a judge).")
    people = asyncio.run(
        _assess(file, candidates, drawn_from, seed, None if no_model else settings, refine=refine)
    )
    refuse_too_few(people, n)
    if auto or json or not at_terminal():
        if not auto and not json:
            say.print("There is no terminal to ask at: as with --auto.")
        choice = choose(people, n, drawn_from, seed=seed)
    else:
        reviewed = _review(file, people, n, drawn_from, seed, anew=anew)
        if reviewed is None:
            return
        choice = reviewed
    _write(output, choice)
    if json:
        emit(_as_json(choice))
    else:
        _show(choice, output, file)


async def _assess(
    file: Path,
    candidates: Sequence[Candidate],
    pools: Pools,
    seed: int,
    settings: Settings | None,
    *,
    refine: bool,
) -> list[Assessed]:
    """Assess the candidates, with the model that is set as the judge if there is one."""
    from simulacra.characters.assessment import assess, refuse_repeats
    from simulacra.characters.screening import judged

    if settings is None or not settings.model:
        return await assess(candidates, pools, seed, refine=refine)

    from simulacra.inference import load_chat_model

    refuse_repeats(candidates)  # before anything is fetched or paid
    judge = load_chat_model(settings.model, settings)
    with _Bar(judge.name) as bar:
        return await judged(file, candidates, pools, seed, judge, refine=refine, report=bar.report)


class _Bar:
    """How far judging is, on standard error."""

    def __init__(self, name: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as TimeLeft

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        used = TextColumn("{task.fields[tokens]}")
        self._progress = Progress(*columns, used, TimeLeft(), console=console(stderr=True))
        self._task = self._progress.add_task(f"{name} judges", total=None, tokens="")

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def report(self, now: Judging) -> None:
        tokens = f"{now.usage.input_tokens} tokens read, {now.usage.output_tokens} written"
        self._progress.update(self._task, total=now.total, completed=now.finished, tokens=tokens)


def _review(
    file: Path, people: Sequence[Assessed], n: int, pools: Pools, seed: int, *, anew: bool
) -> Selection | None:
    """Let a person choose; ``None`` where they put it off."""
    from simulacra.characters.reviewing import begin, resumed
    from simulacra.characters.screening import REVIEW, beside
    from simulacra.characters.selection import explained
    from simulacra.cli.screening import Screen

    path = beside(file, REVIEW)
    saved = None if anew else resumed(path, people, n, pools, seed)
    if saved is not None and saved.steps:
        console().print(f"Going on: {len(saved.accepted)} of {n} are accepted (--anew forgets it).")
    screen = Screen(people, pools, seed, path, saved or begin(people, n, pools, seed))
    if not screen.run():
        return None
    final = screen.review.applied(people)
    place = {who.key: number for number, who in enumerate(final)}
    return explained(final, [place[key] for key in screen.review.accepted], pools)


def _write(output: Path | None, choice: Selection) -> None:
    from simulacra.characters import write_file
    from simulacra.characters.candidate import candidates_text

    if output is not None:
        form = "csv" if output.suffix.lower() == ".csv" else "json"
        chosen = [reasoned.who.candidate for reasoned in choice.chosen]
        write_file(output, candidates_text(chosen, form))


def _as_json(choice: Selection) -> dict[str, Any]:
    least, mean = choice.spread or (None, None)
    return {
        "chosen": [
            _reasoned_json(r) | {"candidate": r.who.candidate.as_json()} for r in choice.chosen
        ],
        "rest": [_reasoned_json(r) for r in choice.rest],
        "distance": {"least": least, "mean": mean},
    }


def _reasoned_json(reasoned: Reasoned) -> dict[str, Any]:
    who = reasoned.who
    told = who.model_dump(mode="json", exclude={"drawn", "candidate"})
    return {"name": who.candidate.profile.name, "reason": reasoned.reason} | told


def _show(choice: Selection, output: Path | None, file: Path) -> None:
    from simulacra.cli.screening import row

    out = console()
    table(
        ("name", "age", "gender", "occupation", "leads"),
        [row(reasoned.who.candidate) for reasoned in choice.chosen],
    )
    out.print("\nWhy", style="bold")
    for reasoned in choice.chosen:
        out.print(f"{reasoned.who.candidate.profile.name}: {reasoned.reason}.", markup=False)
        for change in reasoned.who.changes:
            out.print(f"  refined: {change}", markup=False, style="dim")
    out.print()
    for words, count in _counts(choice):
        out.print(f"{count} {words}", markup=False)
    if choice.spread is not None:
        least, mean = choice.spread
        out.print(
            f"Distance between two of the chosen: {least:.2f} at least, {mean:.2f} on average."
        )
    if output is not None:
        out.print(f"{len(choice.chosen)} candidates → {output}", markup=False)
        out.print(f"Next: simulacra characters new --from {output} --all", markup=False)
    else:
        out.print(f"Keep them: the same command with -o {file.stem}.chosen.json", markup=False)


def _counts(choice: Selection) -> list[tuple[str, int]]:
    everyone = [*choice.chosen, *choice.rest]
    counted = [
        ("in conflict by the rules, left out", sum(bool(r.who.conflicts) for r in choice.rest)),
        (
            "inviting harm, left out",
            sum(r.who.judgement is not None and r.who.judgement.harm for r in choice.rest),
        ),
        (
            "not judged: the judge gave no usable answer",
            sum(bool(r.who.not_judged) for r in everyone),
        ),
        ("refined", sum(bool(r.who.changes) for r in everyone)),
    ]
    return [(words, count) for words, count in counted if count]
