from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from questioned import SLUG, agents, bo

from simulacra.characters import Character
from simulacra.cognition import METHODS, Method, Simulacrum
from simulacra.errors import ModelUnavailableError
from simulacra.evaluation.asking import person
from simulacra.evaluation.observer import PARTS
from simulacra.evaluation.observer_answers import WARMER, Answered, answer, answer_all
from simulacra.evaluation.scenarios import shipped_scenarios
from simulacra.inference import ChatModel, HashEmbedder, ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.settings import Settings

LIFT = next(scenario for scenario in shipped_scenarios() if scenario.id == "stopped-lift")
GOOD = {part: f"I would do the {part} thing." for part in PARTS}


@pytest.fixture(autouse=True)
def character(tmp_path: Path) -> Character:
    return bo(tmp_path / "workspace")


def fills(form: ScriptedAnswer) -> Callable[[ScriptedCall], ScriptedAnswer]:
    """All agents, and the form of a scenario filled in like this."""
    others = agents()

    def play(call: ScriptedCall) -> ScriptedAnswer:
        named = call.schema.__name__ if call.schema else ""
        return form if named == "ScenarioAnswer" else others(call)

    return play


def says(lines: Callable[[str], str]) -> Callable[[ScriptedCall], ScriptedAnswer]:
    """A small model that answers the last question put to it."""

    def play(call: ScriptedCall) -> ScriptedAnswer:
        if call.settings and "feels" in call.user.splitlines()[-1]:
            return "calm, 3/10. I am at ease."
        return lines(call.user.rstrip())

    return play


async def asked(model: ChatModel, method: Method = "macm", seed: int = 0) -> Answered:
    who = person(SLUG, method, model, settings=Settings.read(), embedder=HashEmbedder(), seed=seed)
    return await answer(who, LIFT, seed)


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_fills_one_form_in_the_same_words(method: Method) -> None:
    model = ScriptedModel(fills(GOOD))
    found = await asked(model, method)
    assert found.response.parts is not None
    assert found.response.parts.model_dump() == GOOD
    (form,) = [call for call in model.calls if call.schema and "Scenario" in call.schema.__name__]
    assert LIFT.text in form.user
    assert "My best friend" in form.user
    assert "- motive: what moves me" in form.user
    assert LIFT.about not in form.user
    assert found.trace.steps[-1].phase == "respond"
    assert ("elk" in form.user + form.system) == (method in ("rag", "macm"))


async def test_macm_thinks_and_feels_before_it_answers() -> None:
    model = ScriptedModel(fills(GOOD))
    found = await asked(model)
    assert {step.phase for step in found.trace.steps} >= {"think", "feel", "respond"}
    assert found.trace.memories
    assert found.usage.calls == len(model.calls)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (GOOD | {"motive": "Peace and quiet."}, "first person"),
        (GOOD | {"emotion": ""}, "emotion"),
        (GOOD | {"emotion": GOOD["motive"]}, "same"),
        ("I'd rather not say.", "respond"),
    ],
)
async def test_a_form_that_cannot_be_used_is_marked_and_nothing_put_in_its_place(
    form: ScriptedAnswer, why: str
) -> None:
    found = await asked(ScriptedModel(fills(form)), "prompt")
    assert found.response.parts is None
    assert why in found.response.why


async def test_a_model_that_is_not_there_is_an_error_and_no_answer() -> None:
    with pytest.raises(ModelUnavailableError):
        await asked(ScriptedModel(fills(ModelUnavailableError("gone"))), "prompt")


QUESTIONS = {
    "motive": "What matters to you there?",
    "emotion": "And how do you feel?",
    "approach": "How do you go about it?",
    "behaviour": "And what do you do in the end?",
}


def line(user: str) -> str:
    part = next((part for part, words in QUESTIONS.items() if user.endswith(words)), "")
    return f"I answer the {part}."


@pytest.mark.parametrize("method", METHODS)
async def test_a_small_model_says_four_lines_one_after_the_other(method: Method) -> None:
    model = ScriptedModel(says(line), small=True)
    found = await asked(model, method)
    assert found.response.parts is not None
    assert found.response.parts.model_dump() == {part: f"I answer the {part}." for part in PARTS}
    lines = [call for call in model.calls if any(w in call.user for w in QUESTIONS.values())]
    assert [next(p for p in PARTS if QUESTIONS[p] in call.user) for call in lines] == list(PARTS)
    assert "I answer the motive." in lines[1].user
    assert "I answer the approach." in lines[3].user
    assert all(call.schema is None for call in model.calls)


async def test_a_line_that_cannot_be_used_is_asked_again_twice_and_then_marked() -> None:
    tried: list[str] = []

    def stubborn(user: str) -> str:
        if user.endswith(QUESTIONS["emotion"]):
            tried.append(user)
            return "Nobody knows."
        return line(user)

    found = await asked(ScriptedModel(says(stubborn), small=True), "prompt")
    assert found.response.parts is None
    assert "emotion: it is not in the first person" in found.response.why
    assert len(tried) == 3

    def repeats(user: str) -> str:
        return "I want peace."

    found = await asked(ScriptedModel(says(repeats), small=True), "prompt")
    assert "same" in found.response.why


async def test_a_line_said_before_is_asked_again_without_it_and_warmer() -> None:
    long = "want the evening to end before anybody asks me to dance with them"

    def once_the_same(user: str) -> str:
        if user.endswith(QUESTIONS["behaviour"]) and "says: " in user:
            return f"In the end I {long}."
        return f"I {long}." if user.endswith(QUESTIONS["motive"]) else line(user)

    model = ScriptedModel(says(once_the_same), small=True)
    found = await asked(model, "prompt")
    assert found.response.parts is not None
    assert found.response.parts.behaviour == "I answer the behaviour."
    first, again = (call for call in model.calls if call.user.endswith(QUESTIONS["behaviour"]))
    assert long in first.user
    assert long not in again.user
    cool, warm = (float(str(dict(call.settings)["temperature"])) for call in (first, again))
    assert warm == pytest.approx(cool + WARMER)


async def test_all_methods_answer_all_scenarios() -> None:
    model = ScriptedModel(fills(GOOD), concurrency=2)
    methods: tuple[Method, ...] = ("prompt", "rag")
    people: dict[Method, Simulacrum] = {
        method: person(SLUG, method, model, settings=Settings.read(), embedder=HashEmbedder())
        for method in methods
    }
    seen: list[Answered] = []
    found = await answer_all(people, shipped_scenarios()[:3], 0, seen.append)
    assert len(found) == len(seen) == 6
    expected = [(m, s.id) for m in methods for s in shipped_scenarios()[:3]]
    assert [(one.response.method, one.response.scenario) for one in found] == expected
