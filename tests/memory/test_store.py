from __future__ import annotations

import errno
import multiprocessing
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.errors import CharacterError, CharacterInvalidError
from simulacra.memory.record import Feeling, MemoryRecord, Source
from simulacra.memory.store import append_memory, read_memories, write_memories

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def memory(id_: str = "001", content: str = "I rowed.") -> MemoryRecord:
    return MemoryRecord(
        id=id_,
        kind="story",
        content=content,
        summary="Rowing.",
        source=Source(paragraphs=(0, 1)),
        created=WHEN,
        model="a model",
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            MemoryRecord,
            id=st.from_regex(r"[A-Za-z0-9_.-]{1,8}", fullmatch=True),
            kind=st.sampled_from(["story", "chat", "told"]),
            participants=st.lists(st.text(), max_size=2).map(tuple),
            content=st.text(),
            thought=st.text(),
            feelings=st.lists(
                st.builds(Feeling, about=st.text(), feeling=st.text(), intensity=st.floats(0, 1)),
                max_size=2,
            ).map(tuple),
            summary=st.text(),
            source=st.builds(
                Source,
                paragraphs=st.lists(st.integers(0, 999), max_size=3).map(tuple),
                session=st.none() | st.text(),
            ),
            created=st.datetimes(timezones=st.just(UTC)),
            model=st.text(),
        ),
        max_size=4,
        unique_by=lambda record: record.id,
    )
)
def test_memories_are_read_back_as_written_and_as_appended(records: list[MemoryRecord]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written, appended = Path(folder) / "a.jsonl", Path(folder) / "b.jsonl"
        write_memories(written, records)
        for record in records:
            append_memory(appended, record)
        assert read_memories(written) == records
        assert read_memories(appended) == records


def test_no_file_is_no_memories(tmp_path: Path) -> None:
    assert read_memories(tmp_path / "memories.jsonl") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "002", "ki', "memories.jsonl:2: the last line is cut off"),
        ('{"id": "002", "ki\n{}', r"memories.jsonl:2: "),
        ("3\n", "memories.jsonl:2: "),
        (memory("002").model_dump_json()[:-1] + ', "mood": 1}\n', "unknown key 'mood'"),
        (memory("001").model_dump_json() + "\n", "the id '001' stands in line 1 already"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "memories.jsonl"
    write_memories(path, [memory()])
    path.write_text(path.read_text() + line)
    with pytest.raises(CharacterInvalidError) as caught:
        read_memories(path)
    assert said in caught.value.what
    assert caught.value.mend


def test_nothing_is_appended_to_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "memories.jsonl"
    path.write_text('{"id": "0')
    with pytest.raises(CharacterInvalidError, match="cut off"):
        append_memory(path, memory())
    assert path.read_text() == '{"id": "0'


def test_a_whole_last_line_without_its_end_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "memories.jsonl"
    path.write_text(memory("001").model_dump_json())
    append_memory(path, memory("002"))
    assert [record.id for record in read_memories(path)] == ["001", "002"]


def test_a_disk_that_fills_up_takes_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "memories.jsonl"
    append_memory(path, memory("001"))
    before = path.read_bytes()
    really = os.write

    def half(descriptor: int, data: bytes) -> int:
        return really(descriptor, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(CharacterError, match="can't be written"):
        append_memory(path, memory("002"))
    assert path.read_bytes() == before


def test_a_failed_rewrite_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "memories.jsonl"
    write_memories(path, [memory("001")])

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CharacterError, match="No space left"):
        write_memories(path, [memory("002")])
    assert [record.id for record in read_memories(path)] == ["001"]
    assert [file.name for file in tmp_path.iterdir()] == ["memories.jsonl"]


def _append_many(path: Path, name: str) -> None:
    for number in range(15):
        append_memory(path, memory(f"{name}-{number}", "x" * 5000))


def test_two_processes_append_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "memories.jsonl"
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=_append_many, args=(path, name)) for name in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(read_memories(path)) == 30
