"""``simulacra dataset`` and character cards, as a user types them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Simulacra
from typer.testing import CliRunner, Result

from simulacra.characters import Workspace, shipped_folder
from simulacra.cli.app import app
from simulacra.dataset.manifest import write_manifest
from simulacra.errors import SimulacraError
from simulacra.settings import Settings

MARY = shipped_folder() / "mary-jones"


@pytest.fixture
def mary_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """``simulacra dataset …`` in this process, as if nobody but Mary were shipped."""
    shipped = tmp_path / "shipped" / "characters"
    shutil.copytree(MARY, shipped / "mary-jones")
    write_manifest(shipped.parent)

    def find(settings: Settings) -> Workspace:
        assert settings.workspace
        return Workspace(settings.workspace, shipped=shipped)

    monkeypatch.setattr(Workspace, "find", find)
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "hash")
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, ["dataset", *words])


def test_stats_counts_ours_beside_others(simulacra: Simulacra, tmp_path: Path) -> None:
    shutil.copytree(MARY, tmp_path / "workspace" / "other-mary")
    done = simulacra("dataset", "stats", "--beside", "other-", "--json")
    ours, other = json.loads(done.stdout)
    (mary,) = [row for row in ours["characters"] if row["slug"] == "mary-jones"]
    (copy,) = other["characters"]
    assert mary | {"slug": "other-mary"} == copy
    assert mary["words"] > 10_000
    assert ours["total"]["words"] == sum(row["words"] for row in ours["characters"])
    assert other["total"]["mtld"] == mary["mtld"]


def test_stats_takes_a_folder_and_writes_a_document(
    mary_alone: Callable[..., Result], tmp_path: Path
) -> None:
    shutil.copytree(MARY, tmp_path / "people" / "mary")
    (tmp_path / "doc.md").write_text("# A\n<!-- stats: start -->\nold\n<!-- stats: end -->\nb\n")
    shown = mary_alone("stats", "--beside", "people", "--markdown").stdout
    assert mary_alone("stats", "--beside", "people", "--into", "doc.md").exit_code == 0
    text = (tmp_path / "doc.md").read_text(encoding="utf-8")
    assert text == f"# A\n<!-- stats: start -->\n{shown}<!-- stats: end -->\nb\n"
    assert "| **people: all 1** |" in text
    assert "Mary Jones" in mary_alone("stats").stdout


def test_stats_says_when_there_is_nobody_beside(simulacra: Simulacra) -> None:
    done = simulacra("dataset", "stats", "--beside", "nobody-", code=1)
    assert "nobody-" in done.stderr


def test_stats_says_when_a_document_has_no_place_for_them(
    mary_alone: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "doc.md").write_text("no markers")
    failed = mary_alone("stats", "--into", "doc.md")
    assert failed.exit_code == 1
    assert isinstance(failed.exception, SimulacraError)
    assert "stats: start" in str(failed.exception)


def test_verify_passes_on_what_is_shipped(
    simulacra: Simulacra, mary_alone: Callable[..., Result]
) -> None:
    found = json.loads(simulacra("dataset", "verify", "--json").stdout)
    assert found["faults"] == []
    assert "mary-jones" in found["characters"]
    assert len(found["spread"]) == 8
    assert "1 characters, 0 faults" in mary_alone("verify", "--no-embeddings").stdout
    assert simulacra("dataset", "verify", "--version", "2.0.0", code=2).stderr


def test_export_writes_tables(simulacra: Simulacra, tmp_path: Path) -> None:
    done = simulacra("dataset", "export", "--to", "out", "--format", "jsonl", "--json")
    files = json.loads(done.stdout)["files"]
    assert set(files) == {path.name for path in (tmp_path / "out").iterdir()}
    assert {"README.md", "croissant.json", "SHA256SUMS", "memories.jsonl"} <= set(files)
    assert "already" in simulacra("dataset", "export", "--to", "out", code=1).stderr


def test_a_card_of_mary_goes_out_and_comes_in(simulacra: Simulacra, tmp_path: Path) -> None:
    done = simulacra("characters", "export", "mary-jones", "--to", "mary.png", "--card", "v3")
    assert "stay here" in done.stderr
    simulacra("characters", "import", "mary.png", "--prefix", "again-")
    again = tmp_path / "workspace" / "again-mary-jones"
    assert {file.name: file.read_bytes() for file in again.iterdir()} == {
        file.name: file.read_bytes() for file in MARY.iterdir()
    }


def test_a_foreign_card_says_what_is_missing(simulacra: Simulacra, tmp_path: Path) -> None:
    (tmp_path / "rask.json").write_text('{"name": "Rask", "description": "A ferryman."}')
    done = simulacra("characters", "import", "rask.json")
    assert "missing:" in done.stdout
    shown = json.loads(simulacra("characters", "show", "rask", "--json").stdout)
    assert shown["biography"] == "A ferryman.\n"
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert "no PNG image" in simulacra("characters", "import", "bad.png", code=1).stderr
