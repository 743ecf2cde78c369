"""The attribute pools: what candidate profiles are drawn from (paper, Sections 3.1 and 3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from simulacra.characters import pool_values as v
from simulacra.characters.files import FileProblemsError
from simulacra.characters.isco import MAJOR_GROUPS
from simulacra.characters.personality import TENDENCIES, Tendency
from simulacra.characters.pool_checks import (
    POOL_FILES,
    Source,
    Sources,
    problems_in_sources,
    unknown_files,
)
from simulacra.characters.yaml_files import read_yaml

FileT = TypeVar("FileT", bound=v.PoolFile)

WORKING, RETIRED = "working", "retired"
"""The marks that every present and every past occupation gives."""

FAMILY_PARTS = ("incomes", "upbringings", "households")


def shipped_pools() -> Path:
    """The folder of the pools that come with the package."""
    return Path(str(files("simulacra"))) / "characters" / "pools"


class Pools(BaseModel):
    """The pools of all eleven attributes, checked. ``Pools.load`` reads them.

    The date of birth has no pool: it is drawn from the year that fits the age.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: v.NamesFile
    ages: v.AgesFile
    genders: tuple[v.GenderValue, ...]
    occupations: tuple[v.OccupationValue, ...]
    hobbies: tuple[v.Value, ...]
    family: v.FamilyFile
    education: tuple[v.EducationValue, ...]
    short_term_goals: tuple[v.Value, ...]
    long_term_goals: tuple[v.Value, ...]
    rules: v.Rules
    traits: dict[Tendency, tuple[tuple[str, ...], ...]]

    @classmethod
    def load(cls, folder: Path | None = None, *, shipped: Path | None = None) -> Pools:
        """The shipped pools, or those of ``folder`` in place of them, file by file.

        A file of ``folder`` that says ``extend: true`` is added to the shipped one.

        Raises:
            FileProblemsError: every problem found, each with file, line and mend.
        """
        problems = unknown_files(folder) if folder is not None else []
        sources: Sources = {}
        for name, model in POOL_FILES.items():
            try:
                sources[name] = _read(name, model, shipped or shipped_pools(), folder)
            except FileProblemsError as error:
                problems.extend(error.problems)
        problems = problems or problems_in_sources(sources)
        if problems:
            raise FileProblemsError(problems)
        return cls._of(sources)

    @classmethod
    def _of(cls, sources: Sources) -> Pools:
        rules = _merged(sources["rules"], v.RulesFile).model_dump(exclude={"extend"})
        return cls(
            names=_merged(sources["names"], v.NamesFile),
            ages=_merged(sources["ages"], v.AgesFile),
            genders=_merged(sources["genders"], v.GendersFile).values,
            occupations=_merged(sources["occupations"], v.OccupationsFile).values,
            hobbies=_merged(sources["hobbies"], v.ValuesFile).values,
            family=_merged(sources["family"], v.FamilyFile),
            education=_merged(sources["education"], v.EducationFile).values,
            short_term_goals=_merged(sources["short_term_goals"], v.ValuesFile).values,
            long_term_goals=_merged(sources["long_term_goals"], v.ValuesFile).values,
            rules=v.Rules.model_validate(rules),
            traits={t: _descriptions(sources[f"traits/{t}"]) for t in TENDENCIES},
        )

    @cached_property
    def all_occupations(self) -> tuple[v.OccupationValue, ...]:
        """Every occupation as held by people at work, then those that people retire from."""
        rule = self.rules.retirement
        present: list[v.OccupationValue] = []
        past: list[v.OccupationValue] = []
        for value in self.occupations:
            limit = value.max_age
            if value.retires:
                limit = max(rule.latest_age, value.min_age or 0) if limit is None else limit
                past.append(
                    value.model_copy(
                        update={
                            "text": f"{rule.prefix} {value.text}",
                            "marks": (RETIRED,),
                            "min_age": min(rule.from_age, limit + 1),
                            "max_age": None,
                            "needs": (),
                        }
                    )
                )
            marks = (*value.marks, WORKING)
            present.append(value.model_copy(update={"max_age": limit, "marks": marks}))
        return (*present, *past)

    @cached_property
    def values(self) -> Mapping[str, Sequence[v.Value]]:
        """What may be drawn, by attribute; the family has its three parts in one list."""
        return {
            "gender": self.genders,
            "occupation": self.all_occupations,
            "education": self.education,
            "family": [value for part in FAMILY_PARTS for value in getattr(self.family, part)],
            "hobbies": self.hobbies,
            "short_term_goals": self.short_term_goals,
            "long_term_goal": self.long_term_goals,
        }

    @cached_property
    def givers(self) -> Mapping[str, frozenset[str]]:
        """Mark → the attributes whose values may give it."""
        pairs = {(m, a) for a, values in self.values.items() for val in values for m in val.marks}
        return {
            mark: frozenset(attribute for name, attribute in pairs if name == mark)
            for mark in {name for name, _ in pairs}
        }

    @cached_property
    def _by_text(self) -> Mapping[str, Mapping[str, v.Value]]:
        return {
            attribute: {value.text.casefold(): value for value in values}
            for attribute, values in self.values.items()
        }

    def find(self, attribute: str, text: str) -> v.Value | None:
        """The pool's value of this text, upper and lower case alike; ``None`` if it is custom."""
        return self._by_text[attribute].get(" ".join(text.split()).casefold())

    def as_json(self) -> dict[str, Any]:
        """Pool → values; occupations with code and major group, traits by tendency and rank."""
        return {
            "names": [n.locale for n in self.names.locales] + [n.name for n in self.names.names],
            "ages": list(range(self.ages.minimum, self.ages.maximum + 1)),
            "genders": [value.text for value in self.genders],
            "occupations": [
                {"title": o.text, "isco": o.isco, "major_group": MAJOR_GROUPS[o.isco[0]]}
                for o in self.occupations
            ],
            "hobbies": [value.text for value in self.hobbies],
            **{
                f"family_{part}": [value.text for value in getattr(self.family, part)]
                for part in FAMILY_PARTS
            },
            "education": [value.text for value in self.education],
            "short_term_goals": [value.text for value in self.short_term_goals],
            "long_term_goals": [value.text for value in self.long_term_goals],
            "traits": {t: [list(rank) for rank in ranks] for t, ranks in self.traits.items()},
        }


def _read(
    name: str, model: type[v.PoolFile | v.TraitFile], shipped: Path, folder: Path | None
) -> list[Source]:
    """The files that make a pool: the shipped one, one's own, or both."""
    own = folder / f"{name}.yaml" if folder is not None else None
    if own is not None and own.exists():
        source = Source(own, read_yaml(own, model))
        if not source.file.extend:
            return [source]
        base = shipped / f"{name}.yaml"
        return [Source(base, read_yaml(base, model)), source]
    base = shipped / f"{name}.yaml"
    return [Source(base, read_yaml(base, model))]


def _merged(sources: Sequence[Source], model: type[FileT]) -> FileT:
    """Lists one after the other; of anything else the last that is given."""
    whole, *more = (cast("FileT", source.file) for source in sources)
    for file in more:
        changes: dict[str, Any] = {}
        for field in file.model_fields_set - {"extend"}:
            old, new = getattr(whole, field), getattr(file, field)
            if isinstance(new, tuple):
                changes[field] = (*old, *cast("tuple[Any, ...]", new))
            else:
                changes[field] = old | new if isinstance(new, dict) else new
        whole = whole.model_copy(update=changes)
    return whole


def _descriptions(sources: Sequence[Source]) -> tuple[tuple[str, ...], ...]:
    every = [cast("v.TraitFile", source.file).ranks for source in sources]
    return tuple(
        tuple(text for ranks in every for text in ranks.get(str(rank), ())) for rank in range(1, 9)
    )
