"""``MANIFEST.json``: version and digests of every file of the data set, and whether they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulacra.characters import read_text, write_file
from simulacra.errors import CharacterInvalidError

MANIFEST = "MANIFEST.json"
FIRST_VERSION = "1.0.0"
PARTS = ("characters", "instruments")
"""The folders of the data set, beside the manifest."""


class Digest(BaseModel):
    """A file's SHA-256, in hexadecimal, and its length."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=0)]


class Manifest(BaseModel):
    """The data set's version and its day, and its files by path from the manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")] = FIRST_VERSION
    published: date
    files: dict[str, Digest]

    def faults(self, actual: Manifest) -> Iterator[str]:
        """What differs between the files listed here and the files that are there."""
        for path in sorted(self.files.keys() | actual.files.keys()):
            listed, there = self.files.get(path), actual.files.get(path)
            if there is None:
                yield f"{path} is listed, but missing."
            elif listed is None:
                yield f"{path} is not listed."
            elif listed != there:
                yield f"{path} was changed: {there.bytes:,} bytes, sha256 {there.sha256[:12]}…"


def digest_of(path: Path) -> Digest:
    """The digest of a file."""
    data = path.read_bytes()
    return Digest(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def survey(root: Path, version: str, published: date) -> Manifest:
    """The manifest of the files that are in a data set's folder; hidden ones aside."""
    found = (path for part in PARTS for path in sorted((root / part).rglob("*")) if path.is_file())
    files = {path.relative_to(root).as_posix(): path for path in found}
    shown = {name: path for name, path in files.items() if "/." not in name}
    digests = {name: digest_of(path) for name, path in shown.items()}
    return Manifest(version=version, published=published, files=digests)


def read_manifest(root: Path) -> Manifest:
    """The manifest that is written in a data set's folder.

    Raises:
        CharacterInvalidError: it is missing or does not validate.
    """
    path = root / MANIFEST
    try:
        return Manifest.model_validate_json(read_text(path))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise CharacterInvalidError(
            f"{path}: {reason}.", "Write it anew: simulacra dataset verify --write --version …"
        ) from error


def write_manifest(root: Path, version: str | None = None) -> Manifest:
    """Write the manifest of the files as they are; without a version, the one before stays.

    Raises:
        CharacterInvalidError: the manifest that is there does not validate.
        CharacterError: it may not be written.
    """
    if version is None:
        known = (root / MANIFEST).exists()
        version = read_manifest(root).version if known else FIRST_VERSION
    manifest = survey(root, version, datetime.now(UTC).date())
    write_file(root / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
    return manifest
