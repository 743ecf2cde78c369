from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import Story, fingerprint
from simulacra.memory import MemoryRecord, Source, aligned, untold


def memory(*paragraphs: int, story: Story | None = None, id: str = "") -> MemoryRecord:  # noqa: A002
    names = tuple(fingerprint(story.paragraphs[i]) for i in paragraphs) if story else ()
    return MemoryRecord(
        id=id or f"m{'-'.join(map(str, paragraphs))}",
        kind="story",
        content="It rained.",
        summary="It rained.",
        source=Source(paragraphs=paragraphs, fingerprints=names),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        model="none",
    )


def story_of(*names: str) -> Story:
    return Story(tuple(f"Paragraph {name}." for name in names))


OLD = story_of("a", "b", "c", "d")


def test_memories_move_with_their_paragraphs() -> None:
    records = [memory(0, 1, story=OLD), memory(2, 3, story=OLD)]
    new = story_of("new", "a", "b", "c", "d")
    assert [r.source.paragraphs for r in aligned(records, new)] == [(1, 2), (3, 4)]


def test_a_memory_stays_whole_when_something_comes_between() -> None:
    new = story_of("a", "new", "b", "c", "d")
    (found,) = aligned([memory(0, 1, story=OLD)], new)
    assert found.source.paragraphs == (0, 2)
    assert [chunk.paragraphs for chunk in untold([found], new)] == [(1,), (3, 4)]


def test_a_memory_of_a_rewritten_paragraph_is_kept_without_a_place() -> None:
    new = story_of("a", "B", "c", "d")
    found = aligned([memory(0, 1, story=OLD), memory(2, 3, story=OLD)], new)
    assert [r.source.paragraphs for r in found] == [(), (2, 3)]
    assert aligned(found, OLD)[0].source.paragraphs == (0, 1), "undone, it finds its place again"


def test_memories_without_fingerprints_are_of_the_story_as_it_began() -> None:
    new = story_of("new", "a", "b", "c", "d")
    (found,) = aligned([memory(1, 2)], new, OLD)
    assert found.source.paragraphs == (2, 3)


@given(st.permutations(list("abcdefgh")), st.lists(st.sampled_from("abcdefghxyz"), unique=True))
def test_every_place_has_the_text_that_was_remembered(old: list[str], new: list[str]) -> None:
    before, after = story_of(*old), story_of(*new)
    records = [memory(i, i + 1, story=before) for i in range(0, len(old), 2)]
    for was, record in zip(records, aligned(records, after), strict=True):
        texts = {after.paragraphs[i] for i in record.source.paragraphs}
        assert texts in (set(), {before.paragraphs[i] for i in was.source.paragraphs})
    told = {n for r in aligned(records, after) for n in r.source.paragraphs}
    left = {n for chunk in untold(aligned(records, after), after) for n in chunk.paragraphs}
    assert told | left == set(range(len(new)))
    assert not told & left
