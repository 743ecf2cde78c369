from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from people import STORY, agents, simulacrum

from simulacra.biography import Story
from simulacra.cognition import Method
from simulacra.cognition.methods import characters_with_overlap
from simulacra.inference import ScriptedCall, ScriptedModel


async def one(folder: Path, method: Method) -> ScriptedCall:
    model = ScriptedModel(agents())
    turn = await simulacrum(folder, model, method=method).respond("Who taught you?")
    assert turn.usage.calls == 1
    return model.calls[0]


async def test_none_knows_no_character(tmp_path: Path) -> None:
    call = await one(tmp_path, "none")
    assert call.examples == ()
    assert "Ada" not in call.system + call.user
    assert "Bram" not in call.system + call.user


async def test_prompt_knows_profile_traits_and_biography(tmp_path: Path) -> None:
    call = await one(tmp_path, "prompt")
    for fact in ("Ada Quill", "35", "lighthouse keeper", "I count the waves", "Port Linnet"):
        assert fact in call.system
    assert "Bram" not in call.system + call.user


async def test_rag_knows_besides_that_what_is_near_in_the_story(tmp_path: Path) -> None:
    prompt, rag = await one(tmp_path, "prompt"), await one(tmp_path, "rag")
    assert rag.system == prompt.system
    assert rag.examples == prompt.examples
    assert "Old Bram, taught her" in rag.user


async def test_methods_differ_in_nothing_but_what_they_know(tmp_path: Path) -> None:
    none, prompt, rag = [await one(tmp_path, m) for m in ("none", "prompt", "rag")]
    assert none.settings == prompt.settings == rag.settings
    assert none.user == prompt.user
    assert rag.user.endswith(prompt.user)
    model = ScriptedModel(agents())
    await simulacrum(tmp_path, model).respond("Who taught you?")
    macm = next(call for call in model.calls if "Task:" not in call.user)
    assert macm.settings == none.settings
    assert none.user.strip() in macm.user
    assert none.system in macm.system


@given(st.lists(st.text("ab \n.", min_size=1, max_size=900), max_size=6))
def test_chunks_overlap_and_leave_nothing_out(texts: list[str]) -> None:
    story = Story.parse("\n\n".join(texts))
    chunks = characters_with_overlap(story)
    assert all(len(text) <= 512 for text, _ in chunks)
    touched = {paragraph for _, paragraphs in chunks for paragraph in paragraphs}
    assert touched == set(range(len(story.paragraphs)))


def test_a_chunk_names_the_paragraphs_it_touches() -> None:
    story = Story.parse(STORY)
    chunks = characters_with_overlap(story, size=120, overlap=20)
    for text, paragraphs in chunks:
        assert any(
            text[:20] in p or p[:20] in text for p in map(story.paragraphs.__getitem__, paragraphs)
        )
