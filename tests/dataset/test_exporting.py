from __future__ import annotations

import hashlib
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from made_person import STORY, person

from simulacra.characters import Workspace
from simulacra.dataset.exporting import DIGESTS, export
from simulacra.dataset.manifest import write_manifest
from simulacra.dataset.tables import ABOUT, COLUMNS
from simulacra.errors import StorageError


def package(name: str) -> Any:
    """A package for research that reads what we write; the test is skipped without it."""
    return pytest.importorskip(name, reason=f"{name} is not installed: pip install {name}")


@pytest.fixture
def shipped(tmp_path: Path) -> Workspace:
    root = tmp_path / "dataset"
    for name in ("Ada Frost", "Bo Lind"):
        person(root / "characters" / name.split()[0].lower(), name)
    write_manifest(root)
    return Workspace(tmp_path / "own", shipped=root / "characters")


@pytest.fixture(params=["parquet", "jsonl"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def exported(shipped: Workspace, tmp_path: Path, form: str) -> Path:
    export(shipped, tmp_path / "out", (form,))
    return tmp_path / "out"


def test_every_table_has_its_columns_and_rows(shipped: Workspace, tmp_path: Path) -> None:
    export(shipped, tmp_path / "out", ("jsonl",))
    counts = {"characters": 2, "paragraphs": 8, "memories": 4, "feelings": 4, "questions": 30}
    counts |= {"expectations": 2, "events": 6}
    assert ABOUT.keys() == COLUMNS.keys() == counts.keys()
    for table, count in counts.items():
        lines = (tmp_path / "out" / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        assert len(rows) == count
        assert all(list(row) == list(COLUMNS[table]) for row in rows)


def test_pandas_reads_every_table(exported: Path, form: str) -> None:
    pandas = package("pandas")
    for table, columns in COLUMNS.items():
        file = exported / f"{table}.{form}"
        frame = (
            pandas.read_parquet(file) if form == "parquet" else pandas.read_json(file, lines=True)
        )
        assert list(frame.columns) == list(columns)
    paragraphs = pandas.read_parquet if form == "parquet" else pandas.read_json
    frame = paragraphs(
        exported / f"paragraphs.{form}", **({} if form == "parquet" else {"lines": True})
    )
    assert list(frame[frame["character"] == "bo"]["chapter"]) == ["The lamp"] * 2 + ["Work"] * 2


def test_load_dataset_reads_the_folder(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = package("datasets")
    cache = str(tmp_path / "cache")
    people = datasets.load_dataset(str(exported), cache_dir=cache)["train"]
    assert sorted(people["name"]) == ["Ada Frost", "Bo Lind"]
    memories = datasets.load_dataset(str(exported), "memories", cache_dir=cache)["train"]
    assert memories[0]["paragraphs"] == [0, 1]
    assert memories[0]["participants"] == ["Ada Frost", "Tove Lund (neighbour)"]


def test_mlcroissant_validates_the_metadata_and_reads_by_it(exported: Path) -> None:
    croissant = package("mlcroissant")
    found = croissant.Dataset(str(exported / "croissant.json"))
    issues = found.metadata.ctx.issues
    assert not issues.errors
    assert not issues.warnings
    tables = {table: list(found.records(table)) for table in COLUMNS}
    assert len(tables["questions"]) == 30
    assert list(tables["questions"][0]["questions/evidence"]) == [2]
    assert [row["events/when"] for row in tables["events"][:2]] == [b"1996", b"2015-06-11"]


def test_the_digests_are_those_of_the_files(exported: Path) -> None:
    lines = (exported / DIGESTS).read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(listed) == {path.name for path in exported.iterdir()} - {DIGESTS}
    for name, digest in listed.items():
        assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest


def test_two_exports_of_one_version_are_the_same(shipped: Workspace, tmp_path: Path) -> None:
    export(shipped, tmp_path / "one", ("parquet", "jsonl"))
    export(shipped, tmp_path / "two", ("parquet", "jsonl"))
    assert (tmp_path / "one" / DIGESTS).read_text() == (tmp_path / "two" / DIGESTS).read_text()


def test_the_data_card_says_what_it_must(exported: Path) -> None:
    text = (exported / "README.md").read_text(encoding="utf-8")
    head = import_module("yaml").safe_load(text.split("---")[1])
    assert head["license"] == "cc-by-4.0"
    assert [config["config_name"] for config in head["configs"]] == list(COLUMNS)
    for words in ("language model", "reviewed by readers", "Intended use", "Limits", "Statistics"):
        assert words in text
    told = [line for line in STORY.splitlines() if not line.startswith("#")]
    words = len(" ".join(told).split())
    assert f"| Ada Frost | 30 | female | lamp keeper | {words} | 4 | 2 | 3 |" in text


def test_nothing_is_written_over(shipped: Workspace, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(StorageError, match="already"):
        export(shipped, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]
