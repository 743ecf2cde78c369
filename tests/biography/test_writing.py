from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from tests.biography.people import GRACE, LIFE

from simulacra.biography import Biography, Straight, check_biography, write_biography
from simulacra.biography.comparing import KEYS, Comparison
from simulacra.biography.drafting import parts
from simulacra.biography.harm import Judgement
from simulacra.biography.writing import bare
from simulacra.errors import (
    AnswerError,
    EmptyAnswerError,
    ModelUnavailableError,
    TruncatedAnswerError,
)
from simulacra.inference import ScriptedCall, ScriptedModel

T = TypeVar("T")
PADDED = LIFE + "\nIn winter she kept the boat under a tarpaulin and read beside the stove. " * 3
GOOD = PADDED.strip()


class Writer:
    """Answers prompts for a biography from a list, and judges as it is told."""

    def __init__(self, *texts: str | Exception, **judged: Any) -> None:
        self.texts = iter(texts)
        self.changed: tuple[str, ...] = judged.get("changed", ())
        self.harm: BaseModel | str = judged.get("harm", Judgement(flagged=False))

    def __call__(self, call: ScriptedCall) -> Any:
        if call.schema is Judgement:
            return self.harm
        if call.schema is Comparison:
            rows = [
                {"attribute": k, "mentioned": True, "changed": k in self.changed, "why": "so"}
                for k in KEYS
            ]
            return {"attributes": rows}
        return next(self.texts)


def written(model: ScriptedModel, **how: Any) -> Biography:
    return asyncio.run(write_biography(GRACE, model, Straight(), **how))


def test_a_good_biography_is_taken_at_once() -> None:
    model = ScriptedModel(Writer(GOOD))
    got = written(model)
    assert (got.text, got.flags, got.attempts) == (GOOD, (), 1)
    assert got.model == "scripted"
    assert got.prompt_digest
    assert got.usage.calls == 3


def test_the_prompt_holds_every_attribute_and_the_originals_sampling() -> None:
    model = ScriptedModel(Writer(GOOD))
    written(model, seed=7)
    asked, profile = model.calls[0], GRACE.profile
    for value in (
        profile.name, "44", "female", "March 14, 1982", "nurse", *profile.hobbies, profile.family,
        profile.education, *profile.short_term_goals, profile.long_term_goal,
        *profile.traits.descriptions,
    ):  # fmt: skip
        assert value in asked.user
    settings = dict(asked.settings)
    assert (settings["top_p"], settings["frequency_penalty"], settings["seed"]) == (0.95, 1.0, 7)


def test_the_next_try_is_told_what_was_wrong() -> None:
    bad = GOOD.replace("works as a nurse", "works as a teacher")
    model = ScriptedModel(Writer(bad, GOOD))
    got = written(model, seed=1)
    assert (got.attempts, got.flags) == (2, ())
    again = [call for call in model.calls if call.schema is None][1]
    assert "'teacher'" in again.user
    assert bad in again.user
    assert dict(again.settings)["seed"] == 2


def test_of_flagged_tries_the_one_with_the_fewest_flags_is_kept() -> None:
    worst, best, middle = f"# Life\n\n**A** {GOOD} She", f"{GOOD} She", f"{GOOD}\n\n- one\n- She"
    got = written(ScriptedModel(Writer(worst, best, middle)))
    assert got.text == best.strip()
    assert got.attempts == 3
    assert [flag.check for flag in got.flags] == ["cut off"]


@pytest.mark.parametrize(
    "failure",
    [
        EmptyAnswerError("nothing."),
        TruncatedAnswerError("cut off."),
        "",
        "I'm sorry, but I can't create this content.",
    ],
)
def test_an_answer_of_no_use_is_a_failed_try(failure: str | Exception) -> None:
    got = written(ScriptedModel(Writer(failure, GOOD)))
    assert (got.text, got.attempts) == (GOOD, 2)
    with pytest.raises(AnswerError, match="Grace Miller in 2 tries"):
        written(ScriptedModel(Writer(failure, failure)), attempts=2)


def test_a_model_that_can_not_be_asked_ends_the_work() -> None:
    with pytest.raises(ModelUnavailableError):
        written(ScriptedModel(Writer(ModelUnavailableError("no server."))))


def test_what_the_judges_see_is_flagged() -> None:
    harm = Judgement(flagged=True, kind="cruelty", quote="counted the stairs", why="It is cruel.")
    got = written(ScriptedModel(Writer(GOOD, changed=("family",), harm=harm)), attempts=1)
    said = " ".join(flag.message for flag in got.flags)
    assert "family is changed" in said
    assert "cruelty “counted the stairs”" in said


def test_a_judge_without_a_judgement_is_no_clean_bill() -> None:
    got = written(ScriptedModel(Writer(GOOD, harm="perhaps")), attempts=1)
    assert "could not judge" in got.flags[0].message


def test_a_judge_that_passes_attributes_over_is_flagged() -> None:
    rows: list[Any] = [{"attribute": "name", "mentioned": True, "changed": False}] * len(KEYS)
    flags = Comparison.model_validate({"attributes": rows}).flags()
    assert len(flags) == len(KEYS) - 1


@pytest.mark.parametrize("nonsense", ["x" * 400_000, "word " * 50_000, "- a\n- b", "{}", "\x00\n"])
def test_nonsense_is_flagged_and_never_raises(nonsense: str) -> None:
    got = written(ScriptedModel(Writer(nonsense)), attempts=1)
    assert got.flags


def test_each_try_is_a_step_whose_value_survives_pickling() -> None:
    names: list[str] = []

    class Keeping:
        async def __call__(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
            names.append(name)
            return pickle.loads(pickle.dumps(await call()))

    model = ScriptedModel(Writer(f"{GOOD} She", GOOD))
    got = asyncio.run(write_biography(GRACE, model, Keeping()))
    assert names == ["biography 1", "biography 2"]
    assert got.text == GOOD


def test_a_small_model_adds_to_stated_attributes() -> None:
    tale = (
        "She carried the coal up to the third floor every day of that long winter. In the "
        "morning she swept the stairs with a broom of twigs. She liked the sound of it."
    )
    model = ScriptedModel([tale] * 4, small=True)
    got = written(model, seed=3)
    assert got.flags == ()
    assert got.text.count(tale) == 4
    assert [part.states in got.text for part in parts(GRACE.profile)] == [True] * 4
    assert got.usage.calls == 4
    assert len({dict(call.settings)["seed"] for call in model.calls}) == 4


def test_a_small_models_part_is_asked_again_when_it_finds_no_end() -> None:
    cut = TruncatedAnswerError("cut off.")
    model = ScriptedModel(["She sat.", cut, "She ran.", "She ate.", cut, cut, cut], small=True)
    with pytest.raises(AnswerError, match="in 1 tries"):
        written(model, attempts=1)
    assert len(model.calls) == 7


@pytest.mark.parametrize(
    "around",
    [
        "# Grace Miller\n\n{}",
        "**Biography of Grace Miller**\n\n{}",
        "Here is the biography you wanted, a revised version:\n\n{}",
        "```\n{}\n```",
        "“{}”",
        "Grace Miller\n{}",
    ],
)
def test_what_holds_nothing_of_the_life_is_taken_off(around: str) -> None:
    assert bare(around.format(GOOD), "Grace Miller") == GOOD


@pytest.mark.parametrize(
    "text", ['"Go," he said. She went. "No."', "Grace was born.\nShe sat.", ""]
)
def test_what_may_hold_something_stays(text: str) -> None:
    assert bare(text, "Grace Miller") == text


def test_a_biography_is_under_a_thousand_words() -> None:
    words = len(GOOD.split())
    assert check_biography(GOOD, GRACE.profile) == []
    long = GOOD + " She sat." * ((1_000 - words) // 2 + 1)
    assert [flag.check for flag in check_biography(long, GRACE.profile)] == ["length"]
