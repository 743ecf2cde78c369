"""The answers of a run for reading: which are asked for, and why points were lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from simulacra.characters import TENDENCY_NAMES
from simulacra.evaluation.readings import Reason
from simulacra.evaluation.record import AnswerRecord

ON_A_PAGE = 25

REASONS: dict[Reason, str] = {
    "empty": "it has no word, or nothing but thoughts",
    "refused": "it will not or can not answer",
    "none": "nothing that was asked for is in it",
    "several": "it chooses more than one option of a single choice",
    "unsure": "it leaves alternatives open, or takes half back",
    "denied": "it only says which options are wrong",
    "listed": "it repeats all options and chooses none",
    "unknown": "it names a letter that no option has",
    "contradictory": "its letter stands beside another option's text",
    "long": "it has so many words that what stands in them is chance",
}


@dataclass(frozen=True)
class Asked:
    """Which answers are asked for; empty where it does not matter. ``page`` is from 1 on."""

    character: str = ""
    method: str = ""
    model: str = ""
    kind: str = ""
    show: str = "lost"
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """What an address asks; what makes no sense is as if it were not there."""
        number = query.get("page", "")
        return cls(
            **{
                name: query.get(name, "")[:300] for name in ("character", "method", "model", "kind")
            },
            show=show if (show := query.get("show", "")) in ("all", "unparsed") else "lost",
            page=max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1,
        )

    def fits(self, record: AnswerRecord) -> bool:
        """Whether an answer is asked for."""
        return (
            self.character in ("", record.character)
            and self.method in ("", record.method)
            and self.model in ("", record.model)
            and self.kind in ("", record.kind)
            and (
                self.show == "all"
                or not record.reading.parsed
                or (self.show == "lost" and record.score < record.possible)
            )
        )

    def turned(self, page: int) -> str:
        """The query of another page of the same."""
        return urlencode({k: v for k, v in vars(replace(self, page=page)).items() if v})


@dataclass(frozen=True)
class Told:
    """An answer with what became of it in words."""

    record: AnswerRecord
    why: tuple[str, ...]


def why(record: AnswerRecord) -> tuple[str, ...]:
    """Why an answer lost points, in sentences; none where it lost none."""
    reading = record.reading
    if reading.unparsed:
        return (f"It could not be read: {REASONS[reading.unparsed]}.",)
    if record.score >= record.possible:
        return ()
    said, expected = set(reading.said), set(record.expected)
    if record.kind != "multiple":
        return ("Another answer was right.",) if expected else ()
    wrong = [option for option in reading.said if option not in expected]
    missed = [option for option in record.expected if option not in said]
    found = (_sentence("Chosen and wrong", wrong), _sentence("Right and not chosen", missed))
    return tuple(sentence for sentence in found if sentence)


def statement_of(record: AnswerRecord) -> str:
    """What a statement of the personality test stands for."""
    if record.statement is None:
        return ""
    place = "in the character's own prompt" if record.statement.own else "held out"
    tendency = TENDENCY_NAMES[record.statement.tendency]
    return f"{tendency} at rank {record.statement.rank}, {place}"


def told(records: Iterable[AnswerRecord], page: int) -> tuple[list[Told], int]:
    """One page of answers, and how many pages there are."""
    every = list(records)
    pages = max(1, -(-len(every) // ON_A_PAGE))
    first = (min(page, pages) - 1) * ON_A_PAGE
    return [Told(record, why(record)) for record in every[first : first + ON_A_PAGE]], pages


def _sentence(what: str, options: Sequence[str]) -> str:
    return f"{what}: {'; '.join(options)}." if options else ""
