"""Biography and life story: what a person lived."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from simulacra.biography.leftovers import leftovers
from simulacra.biography.sentences import sentences
from simulacra.biography.story import CHUNK_PARAGRAPHS, Chapter, Chunk, Story

if TYPE_CHECKING:
    from simulacra.biography.attributes import check_attributes, mentions, not_mentioned
    from simulacra.biography.checking import Checks
    from simulacra.biography.comparing import judge_biography
    from simulacra.biography.desk import StoryDesk, read_history
    from simulacra.biography.expansion import Asking
    from simulacra.biography.flag import CheckName, Flag
    from simulacra.biography.growth import Growth, Outcome, Plan, due, expansions
    from simulacra.biography.harm import check_harm, judge_harm
    from simulacra.biography.history import Change, Entry, History, fingerprint
    from simulacra.biography.ledger import (
        Facts,
        Ledger,
        check_ledger,
        contradictions,
        facts_for,
        ledger_tables,
        read_facts,
        read_ledger,
        write_ledger,
    )
    from simulacra.biography.prose import check_prose
    from simulacra.biography.reckoning import Estimate, estimate
    from simulacra.biography.revision import Author, Began, Decided, Proposed, Revision
    from simulacra.biography.scoring import Scores, Weights, choose, score
    from simulacra.biography.steps import Report, Steps, Straight, unheard
    from simulacra.biography.told import Telling, narration, telling
    from simulacra.biography.writing import Biography, check_biography, write_biography

__all__ = [
    "CHUNK_PARAGRAPHS",
    "Asking",
    "Author",
    "Began",
    "Biography",
    "Change",
    "Chapter",
    "CheckName",
    "Checks",
    "Chunk",
    "Decided",
    "Entry",
    "Estimate",
    "Facts",
    "Flag",
    "Growth",
    "History",
    "Ledger",
    "Outcome",
    "Plan",
    "Proposed",
    "Report",
    "Revision",
    "Scores",
    "Steps",
    "Story",
    "StoryDesk",
    "Straight",
    "Telling",
    "Weights",
    "check_attributes",
    "check_biography",
    "check_harm",
    "check_ledger",
    "check_prose",
    "choose",
    "contradictions",
    "due",
    "estimate",
    "expansions",
    "facts_for",
    "fingerprint",
    "judge_biography",
    "judge_harm",
    "ledger_tables",
    "leftovers",
    "mentions",
    "narration",
    "not_mentioned",
    "read_facts",
    "read_history",
    "read_ledger",
    "score",
    "sentences",
    "telling",
    "unheard",
    "write_biography",
    "write_ledger",
]

_HOMES = {
    "ledger": (
        "Facts",
        "Ledger",
        "check_ledger",
        "contradictions",
        "facts_for",
        "ledger_tables",
        "read_facts",
        "read_ledger",
        "write_ledger",
    ),
    "checking": ("Checks",),
    "desk": ("StoryDesk", "read_history"),
    "reckoning": ("Estimate", "estimate"),
    "expansion": ("Asking",),
    "growth": ("Growth", "Outcome", "Plan", "due", "expansions"),
    "history": ("Change", "Entry", "History", "fingerprint"),
    "revision": ("Author", "Began", "Decided", "Proposed", "Revision"),
    "scoring": ("Scores", "Weights", "choose", "score"),
    "attributes": ("check_attributes", "mentions", "not_mentioned"),
    "comparing": ("judge_biography",),
    "flag": ("CheckName", "Flag"),
    "harm": ("check_harm", "judge_harm"),
    "prose": ("check_prose",),
    "steps": ("Report", "Steps", "Straight", "unheard"),
    "told": ("Telling", "narration", "telling"),
    "writing": ("Biography", "check_biography", "write_biography"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
