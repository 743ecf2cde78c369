"""Who a person is: profile, personality, questionnaire, the folder and the workspace."""

from simulacra.characters.atomic import write_file
from simulacra.characters.files import FileProblemsError, Problem, read_text
from simulacra.characters.folder import Character, problems_in, read_character, write_character
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
from simulacra.characters.questionnaire import Item, ItemKind, Questionnaire
from simulacra.characters.slug import slugify
from simulacra.characters.workspace import Workspace, shipped_folder

__all__ = [
    "DESCRIPTIONS_PER_RANK",
    "TENDENCIES",
    "TENDENCY_NAMES",
    "Boundary",
    "Character",
    "CharacterSheet",
    "FileProblemsError",
    "Item",
    "ItemKind",
    "Knowledge",
    "Occupation",
    "Problem",
    "Profile",
    "Provenance",
    "Questionnaire",
    "Tendency",
    "Traits",
    "Utterance",
    "Workspace",
    "age_on",
    "locked",
    "problems_in",
    "read_character",
    "read_text",
    "shipped_folder",
    "slugify",
    "write_character",
    "write_file",
]
