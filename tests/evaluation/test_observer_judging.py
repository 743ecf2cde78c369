from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluation.made_studies import judges, parts, study

from simulacra.errors import AnswerError
from simulacra.evaluation.observer import Judge, Stage
from simulacra.evaluation.observer_desk import (
    DescribeView,
    FitView,
    LifeStory,
    LikenessView,
    View,
    WriteView,
    life_story,
)
from simulacra.evaluation.observer_judging import Judged, grade, judge_view, prompt_for
from simulacra.inference import Answer, ChatModel, Prompt, ScriptedCall, ScriptedModel, Usage
from simulacra.inference.likelihood import FirstToken
from simulacra.inference.scripted import ScriptedAnswer

BLIND, STORY = judges(1, 3)
SCENE = "The lift stops between two floors."
VIEWS: dict[str, tuple[Judge, Stage, View]] = {
    "describe": (
        BLIND,
        1,
        DescribeView(task="t", place=1, of=1, scenario=SCENE, response=parts(1)),
    ),
    "write": (STORY, 1, WriteView(task="t", place=1, of=1, name="Bo Lind", scenario=SCENE)),
    "likeness": (
        BLIND,
        2,
        LikenessView(
            task="t",
            place=1,
            of=1,
            scenario=SCENE,
            response=parts(1),
            people=("I wait.", "I sing."),
        ),
    ),
    "fit": (
        STORY,
        2,
        FitView(
            task="t", place=1, of=1, name="Bo Lind", scenario=SCENE, description="They are calm."
        ),
    ),
}


def story(judge: Judge) -> LifeStory | None:
    return life_story(study(), judge) if judge.role == "story" else None


async def judged(model: ChatModel, kind: str, seed: int = 0) -> Judged:
    judge, stage, shown = VIEWS[kind]
    return await judge_view(model, judge, stage, shown, story(judge), seed)


class Likely(ScriptedModel):
    """A small model that finds these first words likely."""

    def __init__(self, tokens: FirstToken) -> None:
        super().__init__(["unasked"], small=True)
        object.__setattr__(self, "tokens", tokens)

    async def first_token(self, prompt: Prompt, seed: int | None = None) -> Answer[FirstToken]:
        assert prompt.user.endswith("Answer with one digit from 0 to 5.")
        tokens: FirstToken = getattr(self, "tokens")  # noqa: B009
        return Answer(tokens, Usage(1), 0.0)


@pytest.mark.parametrize(("kind", "form"), [("describe", "text"), ("write", "text")])
async def test_a_large_model_writes_into_a_form(kind: str, form: str) -> None:
    found = await judged(ScriptedModel([{form: " They are calm. "}]), kind)
    assert found == Judged("They are calm.", "form")


@pytest.mark.parametrize("kind", ["fit", "likeness"])
async def test_a_large_model_scores_in_halves(kind: str) -> None:
    assert await judged(ScriptedModel([{"score": 3.5}]), kind) == Judged(3.5, "form")
    wrong: list[ScriptedAnswer] = [{"score": 3.7}] * 9
    with pytest.raises(AnswerError):
        await judged(ScriptedModel(wrong), kind)


@pytest.mark.parametrize("kind", ["fit", "likeness"])
async def test_a_small_model_scores_by_how_likely_it_finds_the_digits(kind: str) -> None:
    likely = {"4": math.log(0.5), " 3": math.log(0.25), "5": math.log(0.2), "The": -1.0}
    assert await judged(Likely(likely), kind) == Judged(4.0, "digits")


async def test_a_small_model_without_likelihoods_fills_in_the_form() -> None:
    found = await judged(ScriptedModel(["3", {"score": 2.5}], small=True), "fit")
    assert found == Judged(2.5, "form")


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("describe", "are calm and kind. And then th", "They are calm and kind."),
        ("describe", "They are calm.", "They are calm."),
        ("write", "would wait. I hum a song.", "I would wait. I hum a song."),
    ],
)
async def test_a_small_model_writes_whole_sentences(kind: str, said: str, kept: str) -> None:
    assert await judged(ScriptedModel([said], small=True), kind) == Judged(kept, "words")


async def test_what_never_comes_is_an_error_and_no_judgement() -> None:
    model = ScriptedModel(["no end"] * 3, small=True)
    with pytest.raises(AnswerError):
        await judged(model, "describe")
    assert len({dict(call.settings)["seed"] for call in model.calls}) == 3


@given(st.dictionaries(st.sampled_from("012345"), st.floats(-20, 0), min_size=1))
def test_a_grade_is_0_to_5_in_halves(tokens: dict[str, float]) -> None:
    found = grade(tokens)
    assert found is not None
    assert 0 <= found <= 5
    assert found * 2 == int(found * 2)
    assert int(min(tokens)) <= found <= int(max(tokens))


def test_no_digit_no_grade() -> None:
    assert grade({"The": -0.1, "6": -2.0, "": -3.0}) is None
    assert grade({}) is None


@pytest.mark.parametrize("kind", VIEWS)
@pytest.mark.parametrize("small", [True, False])
def test_a_model_reads_what_the_view_shows_and_the_story_only_in_its_role(
    kind: str, small: bool
) -> None:
    judge, _, shown = VIEWS[kind]
    prompt = prompt_for(shown, story(judge), small=small)
    said = prompt.system + prompt.user
    assert SCENE in said
    assert ("Bo saved an elk" in said) == (judge.role == "story")
    assert ("I want peace 1." in said) == (kind in ("describe", "likeness"))
    assert ("I sing." in said) == (kind == "likeness")
    assert ("They are calm." in said) == (kind == "fit")


async def test_judges_of_one_model_draw_by_their_own_seeds() -> None:
    def play(call: ScriptedCall) -> ScriptedAnswer:
        return {"text": str(dict(call.settings)["seed"])}

    shown = VIEWS["describe"][2]
    said = [
        (await judge_view(ScriptedModel(play), judge, 1, shown, None, seed)).value
        for judge in judges(1, 2)
        for seed in (0, 0, 1)
    ]
    assert said[0] == said[1]
    assert len(set(said)) == 4
