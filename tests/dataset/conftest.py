from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from original_data import Original

from simulacra.characters import Workspace


@pytest.fixture
def original(tmp_path: Path) -> Original:
    data = Original(tmp_path / "original")
    data.add("001", "Ada Frost")
    data.add("002", "Bo Lind")
    return data


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "characters", shipped=tmp_path / "shipped")


@pytest.fixture
def tree(workspace: Workspace) -> Callable[[], dict[str, bytes]]:
    """What is in the workspace: every file with its bytes, hidden ones too."""
    return lambda: {
        str(path.relative_to(workspace.path)): path.read_bytes()
        for path in workspace.path.rglob("*")
        if path.is_file()
    }
