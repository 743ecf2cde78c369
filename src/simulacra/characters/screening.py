"""A file of candidates is assessed; judgements and decisions are kept beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from simulacra.characters.assessment import Assessed, assess, refuse_repeats
from simulacra.characters.atomic import write_file
from simulacra.characters.attribute_pools import Pools
from simulacra.characters.candidate import Candidate
from simulacra.characters.journal import Journal
from simulacra.characters.judgement import Judging, Verdict, judge_all
from simulacra.inference import ChatModel

JUDGED = "judged.jsonl"
REVIEW = "review.json"
ASSESSED = "assessed.json"
_PEOPLE: TypeAdapter[list[Assessed]] = TypeAdapter(list[Assessed])


def beside(file: Path, ending: str) -> Path:
    """A file beside that of the candidates: ``people.json`` → ``people.judged.jsonl``."""
    return file.with_name(f"{file.stem}.{ending}")


async def judged(
    file: Path,
    candidates: Sequence[Candidate],
    pools: Pools,
    seed: int,
    judge: ChatModel,
    *,
    refine: bool = True,
    report: Callable[[Judging], None] = lambda _: None,
) -> list[Assessed]:
    """Assess the candidates of a file by the rules and by a model.

    Judgements are saved beside the file: none is paid for twice.

    Raises:
        CandidateError: a candidate stands twice.
        ModelError: the model can't be asked any more.
        StorageError: the judgements can't be written.
    """
    refuse_repeats(candidates)  # before anything is paid
    with Journal.locked(beside(file, JUDGED)) as journal:

        async def ask(some: Sequence[Candidate]) -> list[Verdict]:
            return await judge_all(judge, some, journal, report)

        return await assess(candidates, pools, seed, ask, refine=refine)


def write_assessed(file: Path, people: Sequence[Assessed]) -> None:
    """Keep beside a file of candidates what speaks for and against each.

    Raises:
        CharacterError: the disk is full or the folder may not be written.
    """
    write_file(beside(file, ASSESSED), _PEOPLE.dump_json(list(people)).decode())


def read_assessed(file: Path) -> list[Assessed] | None:
    """What ``write_assessed`` kept; ``None`` where there is nothing, or nothing of use."""
    try:
        return _PEOPLE.validate_json(beside(file, ASSESSED).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
