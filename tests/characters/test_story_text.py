from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import Story

LINES = st.text(alphabet=st.sampled_from("ab#. \t\r\n\u00a0\u2028\x0b\x85"), max_size=60)


@given(st.one_of(st.text(), LINES))
def test_a_story_reads_back_as_it_was_written(text: str) -> None:
    story = Story.parse(text)
    assert Story.parse(story.render()) == story


@given(st.one_of(st.text(), LINES))
def test_chunks_cover_each_paragraph_once(text: str) -> None:
    story = Story.parse(text)
    ids = [i for chunk in story.chunks() for i in chunk.paragraphs]
    assert ids == list(range(len(story.paragraphs)))


def test_headings_in_a_row_and_at_the_end_are_kept() -> None:
    story = Story.parse("# One\n# Two\n\nText.\n\n# Three\n")
    assert [(c.title, c.start, c.end) for c in story.chapters] == [
        ("One", 0, 0),
        ("Two", 0, 1),
        ("Three", 1, 1),
    ]
    assert Story.parse(story.render()) == story
