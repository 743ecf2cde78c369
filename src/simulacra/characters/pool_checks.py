"""Are the files of the attribute pools whole and free of contradictions? Said by file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from simulacra.characters import pool_values as v
from simulacra.characters.files import Problem
from simulacra.characters.isco import UNIT_GROUPS
from simulacra.characters.personality import TENDENCIES
from simulacra.characters.yaml_files import line_in

POOL_FILES: Mapping[str, type[v.PoolFile | v.TraitFile]] = {
    "names": v.NamesFile,
    "ages": v.AgesFile,
    "genders": v.GendersFile,
    "occupations": v.OccupationsFile,
    "hobbies": v.ValuesFile,
    "family": v.FamilyFile,
    "education": v.EducationFile,
    "short_term_goals": v.ValuesFile,
    "long_term_goals": v.ValuesFile,
    "rules": v.RulesFile,
    **{f"traits/{tendency}": v.TraitFile for tendency in TENDENCIES},
}
"""Name without ``.yaml`` → what it holds."""

DESCRIPTIONS = 10
"""Trait descriptions a rank, in a file that does not extend another."""

RANKS = tuple(str(rank) for rank in range(1, 9))


@dataclass(frozen=True)
class Source:
    """One file of a pool, read."""

    path: Path
    file: v.PoolFile | v.TraitFile


Sources = dict[str, list[Source]]
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class _Entry:
    """A value in its file, with the steps that lead to it."""

    path: Path
    steps: Steps
    value: Any

    def problem(self, message: str, mend: str) -> Problem:
        return Problem(self.path, line_in(self.path, self.steps), message, mend)


def unknown_files(folder: Path) -> list[Problem]:
    """What in a user's folder is no pool file, or that it is no folder of pools at all."""
    known = [f"{name}.yaml" for name in POOL_FILES]
    if not folder.is_dir():
        return [Problem(folder, None, "there is no such folder.", "Name a folder of pool files.")]
    found = [
        path.relative_to(folder).as_posix()
        for pattern in ("*.yaml", "*.yml", "traits/*")
        for path in sorted(folder.glob(pattern))
    ]
    if not found:
        mend = f"Put one of these there: {', '.join(known)}."
        return [Problem(folder, None, "no pool file is in it.", mend)]
    return [
        Problem(
            folder / name,
            None,
            "this is no pool file.",
            f"Did you mean {near[0]!r}?"
            if (near := difflib.get_close_matches(name, known, n=1))
            else f"The pool files are: {', '.join(known)}.",
        )
        for name in found
        if name not in known
    ]


def problems_in_sources(sources: Sources) -> list[Problem]:
    """Everything that is wrong with pools whose files can be read one by one."""
    return [
        *_rules(sources),
        *_empty(sources),
        *_repeated(sources),
        *_marks(sources),
        *_codes(sources),
        *_locales(sources),
        *_trait_ranks(sources),
    ]


def _entries(sources: Sources, name: str, field: str) -> Iterator[_Entry]:
    for source in sources[name]:
        for number, value in enumerate(getattr(source.file, field)):
            yield _Entry(source.path, (field, number), value)


def _lists(sources: Sources) -> Iterator[tuple[str, str]]:
    """File and field of every list of values."""
    for name, model in POOL_FILES.items():
        for field in ("values", "incomes", "upbringings", "households"):
            if field in model.model_fields:
                yield name, field


def _values(sources: Sources) -> Iterator[_Entry]:
    for name, field in _lists(sources):
        yield from _entries(sources, name, field)


def _empty(sources: Sources) -> Iterator[Problem]:
    for name, field in _lists(sources):
        if not any(_entries(sources, name, field)):
            path = sources[name][-1].path
            yield _Entry(path, (field,), ()).problem(
                f"{field} is empty: there is nothing to draw.",
                "Add values, or say 'extend: true' to add to the shipped ones.",
            )
    if not [*_entries(sources, "names", "locales"), *_entries(sources, "names", "names")]:
        path = sources["names"][-1].path
        yield Problem(path, 1, "there are neither locales nor names.", "Add one of both.")


def _repeated(sources: Sources) -> Iterator[Problem]:
    # The parts of a family background are told apart by their texts: no two lists share one.
    seen: dict[tuple[str, str], _Entry] = {}
    for name, field in _lists(sources):
        for entry in _entries(sources, name, field):
            yield from _seen_before(seen, (name, entry.value.text.casefold()), entry)
    for field, key in (("locales", "locale"), ("names", "name")):
        for entry in _entries(sources, "names", field):
            yield from _seen_before(seen, (field, getattr(entry.value, key).casefold()), entry)


def _seen_before(
    seen: dict[tuple[str, str], _Entry], key: tuple[str, str], entry: _Entry
) -> Iterator[Problem]:
    if first := seen.get(key):
        at = f"{first.path.name}:{line_in(first.path, first.steps)}"
        yield entry.problem(f"{key[1]!r} stands twice; first at {at}.", "Remove one of the two.")
    seen.setdefault(key, entry)


def _marks(sources: Sources) -> Iterator[Problem]:
    declared = [
        _Entry(source.path, ("marks", name), mark)
        for source in sources["rules"]
        if isinstance(source.file, v.RulesFile)
        for name, mark in source.file.marks.items()
    ]
    marks = {str(entry.steps[1]) for entry in declared}
    for entry in (*_values(sources), *declared):
        named: Sequence[str] = (
            *entry.value.needs,
            *entry.value.never,
            *getattr(entry.value, "marks", ()),
        )
        for name in named:
            if name not in marks:
                near = difflib.get_close_matches(name, sorted(marks), n=1)
                yield entry.problem(
                    f"the mark {name!r} is not among the marks in rules.yaml.",
                    f"Did you mean {near[0]!r}?" if near else "Add it there with what it means.",
                )


def _codes(sources: Sources) -> Iterator[Problem]:
    for entry in _entries(sources, "occupations", "values"):
        if entry.value.isco not in UNIT_GROUPS:
            yield entry.problem(
                f"{entry.value.isco!r} ({entry.value.text}) is no unit group of ISCO-08.",
                "Look the four digits up in the classification of the ILO.",
            )


def _locales(sources: Sources) -> Iterator[Problem]:
    spec = find_spec("faker")  # found, not imported: that takes longer than all of this
    root = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    for entry in _entries(sources, "names", "locales"):
        if not (root / "providers" / "person" / entry.value.locale).is_dir():
            yield entry.problem(
                f"Faker has no names of the locale {entry.value.locale!r}.",
                "Take one of Faker's, such as en_GB, or list full names under 'names'.",
            )


def _rules(sources: Sources) -> Iterator[Problem]:
    path = sources["rules"][-1].path
    for field in v.Rules.model_fields:
        if all(getattr(source.file, field) is None for source in sources["rules"]):
            yield Problem(
                path, 1, f"the key {field!r} is missing.", "Add it, or say 'extend: true'."
            )
    for name in ("hobbies", "short_term_goals"):
        rules = [r for s in sources["rules"] if (r := getattr(s.file, name)) is not None]
        count = sum(1 for _ in _entries(sources, name, "values"))
        if rules and 0 < count < rules[-1].most:
            yield _Entry(sources[name][-1].path, ("values",), ()).problem(
                f"up to {rules[-1].most} are drawn, but there are only {count}.",
                f"Add some, or lower '{name}' in rules.yaml.",
            )


def _trait_ranks(sources: Sources) -> Iterator[Problem]:
    seen: dict[tuple[str, str], _Entry] = {}
    for tendency in TENDENCIES:
        for source in sources[f"traits/{tendency}"]:
            assert isinstance(source.file, v.TraitFile)
            ranks = source.file.ranks
            for key in ranks.keys() - set(RANKS):
                yield _Entry(source.path, (key,), ()).problem(
                    f"{key!r} is no rank.", "The ranks are 1 to 8."
                )
            for rank in RANKS if not source.file.extend else ():
                if len(found := ranks.get(rank, ())) != DESCRIPTIONS:
                    yield _Entry(source.path, (rank,), ()).problem(
                        f"rank {rank} has {len(found)} descriptions, not {DESCRIPTIONS}.",
                        "Add or remove some, or say 'extend: true' to add to the shipped ones.",
                    )
            for rank, texts in ranks.items():
                for number, text in enumerate(texts):
                    entry = _Entry(source.path, (rank, number), text)
                    yield from _seen_before(seen, ("", text.casefold()), entry)
