"""Names by locale, from Faker's lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Any, cast

from simulacra.characters.pool_values import GenderValue, LocaleNames, NamesFile

if TYPE_CHECKING:
    from faker.generator import Generator


def draw_name(rng: Random, pool: NamesFile, gender: str, names: str | None = None) -> str:
    """A full name: one of the user's own, or given and family name of one locale.

    ``names`` says which given names go with the gender: "female", "male" or any.
    """
    own = [n for n in pool.names if n.gender is None or n.gender.casefold() == gender.casefold()]
    sources = [*pool.locales, *own]
    if not sources:  # own names alone, and none for this gender: then any of them
        sources = list(pool.names)
    source = rng.choices(sources, [s.weight for s in sources])[0]
    if not isinstance(source, LocaleNames):
        return source.name
    kind = names if names in ("female", "male") else rng.choice(("female", "male"))
    given, family = _given(source, kind, rng), _family(source, kind, rng)
    return " ".join(f"{given} {family}".split())


def kind_of_names(gender: GenderValue | None) -> str:
    """Which given names go with a gender of the pools; with one that is in none, any."""
    return gender.names if gender is not None else "any"


def _given(source: LocaleNames, kind: str, rng: Random) -> str:
    provider = _provider(source.locale)
    if source.romanized:
        return _romanized(provider, (f"first_romanized_names_{kind}", "first_romanized_names"), rng)
    return _with(provider, rng, f"first_name_{kind}")


def _family(source: LocaleNames, kind: str, rng: Random) -> str:
    provider = _provider(source.locale)
    if source.romanized:
        return _romanized(provider, ("last_romanized_names",), rng)
    first = _with(provider, rng, f"last_name_{kind}")
    if source.family_names == 1:
        return first
    return f"{first} {_with(provider, rng, f'last_name_{kind}')}"


def _romanized(provider: Any, lists: Sequence[str], rng: Random) -> str:
    found = next((getattr(provider, name) for name in lists if hasattr(provider, name)), ())
    if not found:  # the locale writes in Latin letters anyway, or has no transcription
        kind = "last_name" if lists[0].startswith("last") else "first_name"
        return _with(provider, rng, kind)
    return rng.choice(sorted(cast("Sequence[str]", found)))


def _with(provider: Any, rng: Random, method: str) -> str:
    generator = cast("Generator", provider.generator)
    generator.random = rng
    return str(getattr(provider, method)())


@cache
def _provider(locale: str) -> Any:
    # One locale's person provider alone: faker.Faker() would load every provider there is.
    from faker.generator import Generator

    module = import_module(f"faker.providers.person.{locale}")
    return module.Provider(Generator())
