"""What every room promises of its public names."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import simulacra

ROOMS = [
    name
    for _, name, package in pkgutil.walk_packages(simulacra.__path__, "simulacra.")
    if package and hasattr(import_module(name), "__all__")
]


@pytest.mark.parametrize("name", ROOMS)
def test_a_public_name_is_never_hidden_by_a_module_of_the_same_name(name: str) -> None:
    room = import_module(name)
    for _, module, _ in pkgutil.iter_modules(room.__path__, f"{name}."):
        import_module(module)
    hidden = [public for public in room.__all__ if isinstance(getattr(room, public), ModuleType)]
    assert not hidden
