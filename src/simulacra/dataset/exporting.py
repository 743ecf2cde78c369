"""``simulacra dataset export``: the shipped characters as tables, with all that describes them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from simulacra.characters import Workspace
from simulacra.dataset.croissant import croissant
from simulacra.dataset.data_card import DESCRIPTION, NAME, data_card
from simulacra.dataset.manifest import Digest, digest_of, read_manifest
from simulacra.dataset.statistics import shipped_characters
from simulacra.dataset.tables import COLUMNS, Kind, Row, rows_of
from simulacra.errors import SimulacraError, StorageError

DIGESTS = "SHA256SUMS"


def export(workspace: Workspace, to: Path, formats: Sequence[str] = ("parquet",)) -> list[str]:
    """Write the shipped characters' tables to a folder, and return its files' names.

    Beside the tables: a data card (``README.md``, which tells ``datasets`` where the tables are),
    ``croissant.json``, and the digests as ``sha256sum -c`` reads them.

    Raises:
        CharacterInvalidError: a character or the manifest does not validate.
        SimulacraError: PyArrow, of the extra ``eval``, is not installed, and Parquet is wanted.
        StorageError: the folder is not empty, or can't be written.
    """
    characters = shipped_characters(workspace)
    manifest = read_manifest(workspace.shipped.parent)
    tables = {table: rows_of(table, characters) for table in COLUMNS}
    try:
        if to.is_symlink() or (to.exists() and (not to.is_dir() or any(to.iterdir()))):
            raise StorageError(f"{to} is there already.", "Name another place.")
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=to.parent) as scratch:
            made = Path(scratch) / "data"
            made.mkdir(mode=0o755)
            for table, rows in tables.items():
                for form in formats:
                    write = _write_parquet if form == "parquet" else _write_jsonl
                    write(rows, table, made / f"{table}.{form}")
            digests = _digests(made)
            described = croissant(
                name=NAME,
                description=DESCRIPTION,
                version=manifest.version,
                published=manifest.published,
                files=digests,
                formats=formats,
            )
            text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
            (made / "croissant.json").write_text(text, encoding="utf-8")
            card = data_card(characters, tables, manifest.version, formats[0])
            (made / "README.md").write_text(card, encoding="utf-8")
            sums = "".join(f"{d.sha256}  {name}\n" for name, d in _digests(made).items())
            (made / DIGESTS).write_text(sums, encoding="utf-8")
            written = sorted(path.name for path in made.iterdir())
            made.replace(to)
    except OSError as error:
        raise StorageError(
            f"{to} can't be written: {error.strerror or error}.",
            "See to free space and permissions.",
        ) from error
    return written


def _digests(folder: Path) -> dict[str, Digest]:
    return {path.name: digest_of(path) for path in sorted(folder.iterdir())}


def _write_jsonl(rows: Sequence[Row], _: str, path: Path) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def _write_parquet(rows: Sequence[Row], table: str, path: Path) -> None:
    try:
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise SimulacraError(
            "Parquet needs PyArrow, which is not installed.",
            "Run: pip install 'simulacra[eval]', or say --format jsonl.",
        ) from error
    kinds: dict[Kind, Any] = {
        "text": arrow.string(),
        "number": arrow.int64(),
        "share": arrow.float64(),
        "texts": arrow.list_(arrow.string()),
        "numbers": arrow.list_(arrow.int64()),
    }
    schema = arrow.schema([(column, kinds[kind]) for column, kind in COLUMNS[table].items()])
    parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), str(path))
