"""The semi-automated strategy, by a scripted model."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from lives import ME, SHEET, episode, nora, writer

from simulacra.biography import (
    Checks,
    Growth,
    Outcome,
    Plan,
    Story,
    StoryDesk,
    Straight,
    read_history,
)
from simulacra.characters import Character, read_character
from simulacra.errors import (
    EmptyAnswerError,
    ModelUnavailableError,
    TruncatedAnswerError,
)
from simulacra.inference import EmbeddingCache, HashEmbedder, ScriptedModel

T = TypeVar("T")
FREE = Plan(iterations=6, review_every=0, retries=1, seed=5)


def growth(character: Character, model: ScriptedModel, plan: Plan = FREE) -> Growth:
    cache = EmbeddingCache(HashEmbedder(), None)
    return Growth(
        lambda: StoryDesk.open(read_character(character.folder)),
        model,
        cache,
        Checks(SHEET, cache, model),
        plan,
    )


async def grown(character: Character, model: ScriptedModel, plan: Plan = FREE) -> Outcome:
    return await growth(character, model, plan).run(Straight())


def story_of(character: Character) -> Story:
    return Story.parse(read_character(character.folder).story_text)


async def test_a_story_grows_by_what_passes_the_checks(tmp_path: Path) -> None:
    character = nora(tmp_path)
    before = Story.parse(character.biography)
    outcome = await grown(character, writer())
    assert outcome.stopped == "iterations"
    assert outcome.iterations == 6
    assert story_of(character).words == outcome.words > before.words + 6 * 40
    history = read_history(character)
    assert sum(entry.status == "accepted" for entry in history.entries.values()) == 6
    entry = history.entry("r0001")
    assert entry.revision.scores is not None
    assert entry.revision.author.prompt_digest
    assert entry.revision.author.settings["frequency_penalty"] == 1.0
    assert entry.revision.author.settings["top_p"] == 0.95


async def test_it_stops_for_a_person_and_goes_on_when_all_was_looked_at(tmp_path: Path) -> None:
    character, plan = nora(tmp_path), Plan(iterations=6, review_every=4, seed=1)
    first = await grown(character, writer(), plan)
    assert (first.stopped, first.unreviewed) == ("review", 4)
    assert (await grown(character, writer(), plan)).iterations == 4
    with StoryDesk.open(read_character(character.folder)) as desk:
        for entry in desk.history.unreviewed():
            desk.accept(entry.id, ME)
    assert (await grown(character, writer(), plan)).stopped == "iterations"


async def test_a_word_goal_ends_the_work(tmp_path: Path) -> None:
    outcome = await grown(nora(tmp_path), writer(), Plan(words=200, review_every=0))
    assert outcome.stopped == "words"
    assert 200 <= outcome.words < 400


@pytest.mark.parametrize(
    ("bad", "check"),
    [
        ("Here is the expanded paragraph:\n\n" + episode(1), "leftover"),
        (episode(1) + "\n\nAnd then she went to the", "cut off"),
        ("# The Bakery\n\n" + episode(1), "format"),
        ("- She rose.\n- She baked.\n- She slept, and that was all of that long day.", "format"),
        ("I rose and I baked my bread, and I sold my bread to my friends that day.", "person"),
        (EmptyAnswerError("It answered with nothing."), "empty"),
        (TruncatedAnswerError("It was cut off.", answer=episode(1)), "cut off"),
        (" ".join(episode(n) for n in range(900)), "length"),
        ("I'm sorry, but I can't write that story.", "leftover"),
        ("She had been trying to find it, for " * 4 + "she had lost it.", "repeat"),
        ("Nora Vale is fifty years old and works as a pilot. " + episode(1), "attribute"),
    ],
)
async def test_what_is_flagged_is_tried_again_and_leaves_a_trace(
    tmp_path: Path, bad: str | Exception, check: str
) -> None:
    character = nora(tmp_path)
    model = writer(lambda number: bad if number == 0 else None)
    await grown(character, model, Plan(iterations=1, review_every=0, retries=1))
    first, second = read_history(character).entries.values()
    assert (first.id, first.status) == ("r0001", "rejected")
    assert check in {flag.check for flag in first.revision.flags}
    assert (second.id, second.status) == ("r0001.2", "accepted")
    tries = [call for call in model.calls if call.schema is None]
    assert "Your last try can't be used" in tries[1].user


async def test_what_is_flagged_to_the_last_waits_for_a_person(tmp_path: Path) -> None:
    character = nora(tmp_path)
    model = writer(lambda _: "As an AI language model, I rose early. " + episode(1))
    outcome = await grown(character, model, Plan(iterations=2, review_every=0, retries=1))
    assert outcome.waiting == 2
    assert story_of(character) == Story.parse(character.biography)
    chosen = {e.revision.start for e in read_history(character).waiting()}
    assert len(chosen) == 2, "a paragraph that waits is left alone"


async def test_a_model_that_goes_away_loses_nothing(tmp_path: Path) -> None:
    character = nora(tmp_path)
    model = writer(lambda number: ModelUnavailableError("gone") if number == 3 else None)
    with pytest.raises(ModelUnavailableError):
        await grown(character, model)
    assert len(read_history(character).entries) == 3
    assert (await grown(character, writer())).iterations == 6


async def test_a_paragraph_that_a_person_changed_meanwhile_is_not_overwritten(
    tmp_path: Path,
) -> None:
    character = nora(tmp_path)

    def meddle(_: int) -> None:
        path = character.folder / "story.md"
        text = path.read_text(encoding="utf-8").replace(".", ", she said.", 100)
        path.write_text(text, encoding="utf-8")

    await grown(character, writer(meddle), Plan(iterations=1, review_every=0))
    (entry,) = read_history(character).entries.values()
    assert entry.status == "rejected"
    assert "changed since" in entry.decisions[0].why


@pytest.mark.parametrize("story", ["She baked.", " ".join(["She baked bread."] * 8_000)])
async def test_a_story_of_one_paragraph_is_expanded_however_long(
    tmp_path: Path, story: str
) -> None:
    outcome = await grown(nora(tmp_path, story=story), writer(), Plan(iterations=1, retries=0))
    assert outcome.iterations <= 1


async def test_what_waits_does_not_keep_the_rest_from_coming_to_an_end(tmp_path: Path) -> None:
    model = writer(lambda _: "As an AI language model, I rose early. " + episode(1))
    outcome = await grown(nora(tmp_path), model, Plan(iterations=50, review_every=0, retries=0))
    assert (outcome.stopped, outcome.waiting) == ("nothing left", 5)


async def test_when_all_is_elaborate_nothing_is_left(tmp_path: Path) -> None:
    long = "\n\n".join(" ".join(episode((n, m)) for m in range(12)) for n in range(2))
    outcome = await grown(nora(tmp_path, story=long), writer())
    assert outcome.stopped == "nothing left"
