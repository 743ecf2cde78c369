"""What strangers send: nothing of it changes anything, and each gets a clear error."""

from __future__ import annotations

import base64
import json
import os
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_person import files, person

from simulacra.characters import Workspace
from simulacra.dataset import export_character, import_character, png, strict_json
from simulacra.dataset.portrait import portrait_png
from simulacra.errors import ImportRejectedError, SimulacraError

Tree = Callable[[], dict[str, bytes]]
SIGNATURE = png.SIGNATURE


def card(**data: Any) -> dict[str, Any]:
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Rask"} | data}


def text(**data: Any) -> bytes:
    return json.dumps(card(**data)).encode()


def ours(**files: str) -> bytes:
    return text(extensions={"simulacra": {"format": 1, "files": files}})


def image(content: bytes, keyword: str = "chara") -> bytes:
    return png.with_texts(portrait_png("x"), {keyword: content})


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def before_the_end(extra: bytes) -> bytes:
    end = chunk(b"IEND", b"")
    return portrait_png("x").removesuffix(end) + extra + end


def zeros() -> bytes:
    """300 MB, packed: the same block again and again."""
    packer = zlib.compressobj(9)
    first, block = (
        packer.compress(bytes(10**6)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    return first + 299 * block + packer.flush()


BILLION = (
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "profile: {hobbies: *i, name: *i}\n"
)

PICTURE = image(base64.b64encode(text()))

HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty.json": (b"", "no JSON"),
    "list.json": (b"[]", "no character card"),
    "no_card.json": (b'{"spec": "else", "data": {}}', "version 2 or 3"),
    "no_data.json": (b'{"spec": "chara_card_v2"}', "no data"),
    "nameless.json": (text(name=" "), "name"),
    "number.json": (text(name=7), "name"),
    "nested.json": (b'{"data":' * 100_000, "nested too deeply"),
    "deep.json": (b'{"spec": "chara_card_v2", "x": ' + b"[" * 60 + b"]" * 60 + b"}", "nested"),
    "twice.json": (b'{"spec": "chara_card_v2", "spec": "chara_card_v3"}', "stands twice"),
    "nan.json": (b'{"spec": NaN}', "NaN"),
    "digits.json": (b'{"spec": ' + b"9" * 100_000 + b"}", "digits"),
    "latin.json": (b'{"name": "\xff\xfe"}', "UTF-8"),
    "surrogate.json": (b'{"name": "\\ud800"}', "no Unicode"),
    "nul.json": (b'{"name": "a\\u0000b"}', "no Unicode"),
    "large.json": (b'{"name": "' + b"a" * 8_000_001 + b'"}', "bytes"),
    "huge.json": (b" " * 100_000_000, "bytes"),
    "script.json": (text(description="<ScRiPt src=//x>"), "script"),
    "handler.json": (text(description="<img src=x onerror=alert(1)>"), "script"),
    "link.json": (text(personality="[me](JavaScript:alert(1))"), "script"),
    "script_key.json": (text(extensions={"<script>": 1}), "script"),
    "script_book.json": (
        text(character_book={"entries": [{"content": "<iframe src=x>"}]}),
        "script",
    ),
    "script_file.json": (ours(**{"character.yaml": "a: <script>"}), "script"),
    "strange_file.json": (ours(**{"../../.bashrc": "x"}), "no file of a character"),
    "no_sheet.json": (ours(**{"story.md": "x"}), "character.yaml"),
    "broken_sheet.json": (ours(**{"character.yaml": "profile: 7"}), "missing"),
    "yaml_bomb.json": (ours(**{"character.yaml": BILLION}), "missing"),
    "yaml_tag.json": (ours(**{"character.yaml": "!!python/object/apply:os.getcwd []"}), "YAML"),
    "text.png": (b"I am no image", "no PNG"),
    "json_as.png": (text(), "no PNG"),
    "no_card.png": (portrait_png("x"), "no character card"),
    "cut.png": (image(base64.b64encode(text()))[:-30], "cut off"),
    "short.png": (SIGNATURE + b"\0\0", "cut off"),
    "length.png": (SIGNATURE + b"\xff\xff\xff\xffIHDR", "cut off"),
    "checksum.png": (
        image(base64.b64encode(text())).replace(b"chara\0", b"chara\1", 1),
        "checksum",
    ),
    "no_header.png": (SIGNATURE + chunk(b"tEXt", b"chara\0e30="), "header"),
    "base64.png": (image(b"\xff\xff not base64"), "Base64"),
    "json.png": (image(base64.b64encode(b"{")), "no JSON"),
    "two.png": (before_the_end(2 * chunk(b"tEXt", b"chara\0e30=")), "stands twice"),
    "bomb.png": (before_the_end(chunk(b"zTXt", b"chara\0\0" + zeros())), "no character card"),
    "ibomb.png": (
        before_the_end(chunk(b"iTXt", b"chara\0\1\0\0\0" + zeros())),
        "no character card",
    ),
    "script.png": (image(base64.b64encode(text(scenario="<object>"))), "script"),
    "huge.png": (SIGNATURE + bytes(100_000_000), "bytes"),
    "text.zip": (b"I am no archive", "zip"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_changes_nothing_and_gets_a_clear_error(
    name: str, workspace: Workspace, tree: Tree, tmp_path: Path
) -> None:
    person(workspace.path / "ada")
    before = tree()
    content, said = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    start = time.process_time()
    with pytest.raises(ImportRejectedError, match=said) as caught:
        import_character(tmp_path / name, workspace, replace=True)
    assert time.process_time() - start < 5
    assert name in caught.value.what
    assert caught.value.mend
    assert len(str(caught.value)) < 600
    assert tree() == before


def archive(path: Path, members: Mapping[str, str | bytes], mode: int = 0o644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, content)
    return path


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../../character.yaml": "x"}, "leads out"),
        ({"/etc/character.yaml": "x"}, "leads out"),
        ({"..\\character.yaml": "x"}, "leads out"),
        ({"C:/character.yaml": "x"}, "leads out"),
        ({"a/character.yaml": "x", "b/character.yaml": "x"}, "two of"),
        ({"a/notes.txt": "x"}, "holds no character.yaml"),
        ({"a/character.yaml": b"\xff"}, "UTF-8"),
        ({"a/story.md": bytes(300_000_000)}, "bytes"),
        ({f"a/{n}": "" for n in range(1001)}, "files"),
        ({"a/character.yaml": BILLION}, "missing"),
    ],
)
def test_a_hostile_archive_changes_nothing(
    members: dict[str, str | bytes], said: str, workspace: Workspace, tree: Tree, tmp_path: Path
) -> None:
    person(workspace.path / "ada")
    before = tree()
    around = {path.name for path in tmp_path.iterdir()}
    path = archive(tmp_path / "bad.zip", members)
    with pytest.raises(ImportRejectedError, match=said):
        import_character(path, workspace, replace=True)
    assert tree() == before
    assert {path.name for path in tmp_path.iterdir()} == around | {"bad.zip"}


def test_links_are_not_followed(workspace: Workspace, tree: Tree, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    packed = {"a/story.md": str(secret)}
    with pytest.raises(ImportRejectedError, match="link"):
        import_character(archive(tmp_path / "a.zip", packed, stat.S_IFLNK | 0o777), workspace)
    folder = person(tmp_path / "ada").folder
    (folder / "story.md").unlink()
    (folder / "story.md").symlink_to(secret)
    with pytest.raises(ImportRejectedError, match="link"):
        import_character(folder, workspace)
    assert tree() == {}


def test_a_damaged_archive_comes_in_whole_or_not_at_all(
    workspace: Workspace, tree: Tree, tmp_path: Path
) -> None:
    ada = person(tmp_path / "ada")
    whole = export_character(ada, tmp_path / "a.zip").read_bytes()
    wanted = set(files(ada.folder).values())
    rejected = 0
    for place in range(40, len(whole), len(whole) // 40):
        damaged = whole[:place] + b"\x99\x99\x99" + whole[place + 3 :]
        (tmp_path / "b.zip").write_bytes(damaged)
        before = tree()
        try:
            import_character(tmp_path / "b.zip", workspace, replace=True)
        except SimulacraError:
            assert tree() == before
            rejected += 1
        else:
            assert set(tree().values()) <= wanted
    assert rejected > 20


def test_a_pipe_is_not_waited_for(workspace: Workspace, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ImportRejectedError, match="regular"):
        import_character(tmp_path / "pipe.json", workspace)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["name", "description", "character_book", "extensions", "mes_example", "personality", "creator"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(FIELDS, JSON))
def test_any_card_comes_in_whole_or_is_rejected(
    workspace: Workspace, tmp_path: Path, data: dict[str, Any]
) -> None:
    (tmp_path / "any.json").write_text(json.dumps(card(**data)))
    try:
        imported = import_character(tmp_path / "any.json", workspace, replace=True)
    except SimulacraError:
        return
    assert (workspace.path / imported.slug / "character.yaml").is_file()
    assert (workspace.path / imported.slug).parent == workspace.path


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 9_000))
def test_any_bytes_in_a_picture_are_read_or_rejected(noise: bytes, place: int) -> None:
    with suppress(ValueError):
        read = png.texts(PICTURE[:place] + noise + PICTURE[place + len(noise) :])
        assert set(read) <= {"chara"}


def test_a_text_made_to_be_slow_is_looked_through_at_once() -> None:
    for slow in ("<" * 2_000_000, "<" + " " * 2_000_000, "< on" * 500_000, "javascript" * 200_000):
        start = time.process_time()
        assert strict_json.parse(json.dumps(slow).encode()) == slow
        assert time.process_time() - start < 5
