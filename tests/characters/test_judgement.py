"""A model's judgement: asked once, kept, and never made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from people_to_choose import pools, somebody

from simulacra.characters import Journal
from simulacra.characters.judgement import Judgement, ask, judge, judge_all
from simulacra.characters.sampling import sample
from simulacra.errors import ModelUnavailableError
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer

GOOD = {"plausibility": 4, "reasons": ["It is odd."], "harm": False}


async def test_a_judgement_is_read_with_its_price() -> None:
    answer = await judge(ScriptedModel([GOOD]), somebody())
    assert answer.value.plausibility == 4
    assert answer.usage.calls == 1


@pytest.mark.parametrize("briefly", [True, False])
def test_the_judge_sees_the_attributes(briefly: bool) -> None:
    prompt = ask(somebody(), briefly=briefly)
    for text in ("Ada Quill", "nurse", "1990-02-03", "grandmother", "move to the coast"):
        assert text in prompt.user
    assert prompt.digest


async def test_small_models_are_asked_in_fewer_words() -> None:
    model = ScriptedModel([GOOD], small=True)
    await judge(model, somebody())
    assert 2 * len(model.calls[0].user) < len(ask(somebody()).user)


@pytest.mark.parametrize(
    "nonsense", ["", "I can't help with that.", '{"plausibility": 9}', "word " * 50_000]
)
async def test_nonsense_is_no_judgement(tmp_path: Path, nonsense: str) -> None:
    people = sample(pools(), 2, 1)

    def answer(call: ScriptedCall) -> ScriptedAnswer:
        return nonsense if people[0].profile.name in call.user else GOOD

    with Journal.locked(tmp_path / "j") as journal:
        verdicts = await judge_all(ScriptedModel(answer), people, journal)
    assert isinstance(verdicts[0], str)
    assert isinstance(verdicts[1], Judgement)


async def test_no_judgement_is_paid_for_twice_even_after_the_model_went_away(
    tmp_path: Path,
) -> None:
    people = sample(pools(), 6, 1)
    failing = ScriptedModel([GOOD, GOOD, ModelUnavailableError("It is gone.")], concurrency=1)
    with (
        Journal.locked(tmp_path / "j") as journal,
        pytest.raises(ModelUnavailableError, match="gone"),
    ):
        await judge_all(failing, people, journal)
    again = ScriptedModel([GOOD] * 4)
    with Journal.locked(tmp_path / "j") as journal:
        verdicts = await judge_all(again, people, journal)
    assert len(again.calls) == 4
    assert all(isinstance(verdict, Judgement) for verdict in verdicts)


async def test_another_model_judges_anew(tmp_path: Path) -> None:
    with Journal.locked(tmp_path / "j") as journal:
        await judge_all(ScriptedModel([GOOD]), [somebody()], journal)
        other = ScriptedModel([GOOD], name="other")
        await judge_all(other, [somebody()], journal)
    assert len(other.calls) == 1


async def test_many_are_judged_at_once_but_no_more_than_the_model_takes(tmp_path: Path) -> None:
    import asyncio

    inside = most = 0

    async def answer(call: ScriptedCall) -> ScriptedAnswer:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        return GOOD

    with Journal.locked(tmp_path / "j") as journal:
        await judge_all(ScriptedModel(answer, concurrency=3), sample(pools(), 9, 1), journal)
    assert most == 3
