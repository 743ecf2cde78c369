"""Who a person is: profile, personality, questionnaire, the folder and the workspace."""

from importlib import import_module
from typing import TYPE_CHECKING

from simulacra.characters.atomic import write_file
from simulacra.characters.blind_reading import (
    BlindItem,
    BlindShare,
    blind_share,
    blind_sheet,
)
from simulacra.characters.descriptions import Descriptions, PoolReport, compare
from simulacra.characters.files import FileProblemsError, Problem, read_text
from simulacra.characters.folder import Character, problems_in, read_character, write_character
from simulacra.characters.journal import Journal
from simulacra.characters.locks import locked
from simulacra.characters.personality import (
    DESCRIPTIONS_PER_RANK,
    TENDENCIES,
    TENDENCY_NAMES,
    Tendency,
    Traits,
)
from simulacra.characters.profile import (
    Boundary,
    CharacterSheet,
    Knowledge,
    Occupation,
    Profile,
    Provenance,
    Utterance,
    age_on,
)
from simulacra.characters.questionnaire import ITEM_KINDS, Item, ItemKind, Questionnaire
from simulacra.characters.slug import slugify
from simulacra.characters.workspace import Workspace, shipped_folder

if TYPE_CHECKING:
    from simulacra.characters.assessment import Assessed, assess
    from simulacra.characters.attribute_pools import Pools
    from simulacra.characters.attributes import Change, with_value
    from simulacra.characters.candidate import Candidate, candidates_text, read_candidates
    from simulacra.characters.judgement import Judgement, judge, judge_all
    from simulacra.characters.making import make
    from simulacra.characters.plausibility import Conflict, conflicts
    from simulacra.characters.sampling import RankingRule, sample
    from simulacra.characters.selection import Selection, propose, select

__all__ = [
    "DESCRIPTIONS_PER_RANK",
    "ITEM_KINDS",
    "TENDENCIES",
    "TENDENCY_NAMES",
    "Assessed",
    "BlindItem",
    "BlindShare",
    "Boundary",
    "Candidate",
    "Change",
    "Character",
    "CharacterSheet",
    "Conflict",
    "Descriptions",
    "FileProblemsError",
    "Item",
    "ItemKind",
    "Journal",
    "Judgement",
    "Knowledge",
    "Occupation",
    "PoolReport",
    "Pools",
    "Problem",
    "Profile",
    "Provenance",
    "Questionnaire",
    "RankingRule",
    "Selection",
    "Tendency",
    "Traits",
    "Utterance",
    "Workspace",
    "age_on",
    "assess",
    "blind_share",
    "blind_sheet",
    "candidates_text",
    "compare",
    "conflicts",
    "judge",
    "judge_all",
    "locked",
    "make",
    "problems_in",
    "propose",
    "read_candidates",
    "read_character",
    "read_text",
    "sample",
    "select",
    "shipped_folder",
    "slugify",
    "with_value",
    "write_character",
    "write_file",
]

_LATER = {
    "assessment": ("Assessed", "assess"),
    "attribute_pools": ("Pools",),
    "attributes": ("Change", "with_value"),
    "candidate": ("Candidate", "candidates_text", "read_candidates"),
    "judgement": ("Judgement", "judge", "judge_all"),
    "making": ("make",),
    "plausibility": ("Conflict", "conflicts"),
    "sampling": ("RankingRule", "sample"),
    "selection": ("Selection", "propose", "select"),
}
_HOME_OF = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> object:
    """Import what only the making of people needs when it is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
