from __future__ import annotations

import socket
from time import process_time
from typing import NoReturn

import pytest

from simulacra.characters import Workspace, shipped_folder
from simulacra.memory import memories_of
from simulacra.settings import Settings

LIMIT = 0.05
"""Seconds that loading one character may take."""


@pytest.mark.parametrize("slug", sorted(f.name for f in shipped_folder().iterdir() if f.is_dir()))
def test_a_shipped_character_loads_at_once_and_without_a_network(
    slug: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    def seconds() -> float:
        start = process_time()
        assert memories_of(Workspace.find(settings).get(slug))
        return process_time() - start

    assert min(seconds() for _ in range(5)) < LIMIT
