from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from simulacra.cognition.weighing import Scales, Verdict
from simulacra.errors import ModelRejectedError
from simulacra.evaluation import choose
from simulacra.evaluation.records import Judged
from simulacra.inference import ChatModel, Prompt, ScriptedModel
from simulacra.inference.likelihood import first_token, log_odds

ODDS = st.floats(-20, 20, allow_nan=False)
OPTIONS = st.lists(st.tuples(ODDS, ODDS), min_size=1, max_size=6)


def judged(odds: list[tuple[float, float]]) -> list[Judged]:
    return [Judged(option=f"o{n}", own=a, baseline=b) for n, (a, b) in enumerate(odds)]


@given(OPTIONS, st.sampled_from(["single", "multiple", "yes_no"]))
def test_the_order_of_options_plays_no_part(odds: list[tuple[float, float]], kind: str) -> None:
    readings = [
        choose(kind, order)  # pyright: ignore[reportArgumentType]
        for order in list(permutations(judged(odds)))[:24]
    ]
    assert len({(frozenset(r.said), r.unparsed) for r in readings}) == 1


@given(OPTIONS, st.floats(-5, 5))
def test_what_holds_for_all_options_alike_does_not_make_a_single_choice(
    odds: list[tuple[float, float]], more: float
) -> None:
    rounded = [(round(a, 3), round(b, 3)) for a, b in odds]
    moved = [(a + 8 * round(more), b) for a, b in rounded]
    margins = sorted(a - b for a, b in rounded)
    if len(margins) > 1 and margins[-1] - margins[-2] < 1e-6:
        return
    assert choose("single", judged(rounded)) == choose("single", judged(moved))


@given(OPTIONS, st.integers(0, 5), st.floats(0, 10))
def test_more_for_an_option_never_unchooses_it(
    odds: list[tuple[float, float]], which: int, more: float
) -> None:
    which %= len(odds)
    before = choose("multiple", judged(odds))
    raised = [(a + more if n == which else a, b) for n, (a, b) in enumerate(odds)]
    after = choose("multiple", judged(raised))
    if f"o{which}" in before.said:
        assert f"o{which}" in after.said


@given(st.integers(2, 6), st.floats(0.01, 9))
def test_the_rule_does_not_know_how_many_are_right(count: int, evidence: float) -> None:
    """All that speaks for itself is chosen, be it every option; and one, where nothing does."""
    assert len(choose("multiple", judged([(evidence, 0)] * count)).said) == count
    against = [(-evidence - number, 0.0) for number in range(count)]
    assert choose("multiple", judged(against[:1])).said == ("o0",)


@given(OPTIONS)
def test_what_is_left_out_is_no_better_than_what_is_chosen(odds: list[tuple[float, float]]) -> None:
    said = set(choose("multiple", judged(odds)).said)
    margins = {f"o{n}": own - bare for n, (own, bare) in enumerate(odds)}
    left = [size for option, size in margins.items() if option not in said]
    assert min(margins[option] for option in said) >= max(left, default=-math.inf)


def test_familiarity_and_recollection_count_together() -> None:
    told = Judged(option="told", own=1, baseline=0, familiarity=-2)
    known = Judged(option="known", own=0, baseline=0, familiarity=0.5)
    assert choose("multiple", [told, known]).said == ("known",)


def test_between_options_of_one_weight_the_likelier_in_itself_is_chosen() -> None:
    assert choose("single", judged([(1, 0), (2, 1), (0, 0)])).said == ("o1",)


def test_a_draw_between_single_options_is_no_choice() -> None:
    assert choose("single", judged([(1, 0), (1, 0), (0, 0)])).unparsed == "several"


def test_where_nothing_is_recognized_the_likeliest_is_chosen_and_a_statement_denied() -> None:
    assert choose("multiple", judged([(0, 0), (1, 2)])).said == ("o0",)
    assert choose("yes_no", judged([(1, 2)])).said == ("no",)


@given(st.sampled_from(["yes", "no"]), st.integers(0, 9))
def test_the_surer_a_verdict_the_further_its_odds(answer: str, sure: int) -> None:
    some = Verdict(answer=answer, sure=sure)  # pyright: ignore[reportArgumentType]
    more = some.model_copy(update={"sure": sure + 1})
    assert abs(more.log_odds) > abs(some.log_odds)
    assert more.log_odds > 0 if answer == "yes" else more.log_odds < 0


@given(st.floats(0.01, 0.99))
def test_log_odds_sum_all_ways_to_write_a_word(p: float) -> None:
    tokens = {
        "Yes": math.log(p / 2),
        " yes": math.log(p / 2),
        "No.": math.log(0.9 * (1 - p)),
        "Well": math.log(0.1 * (1 - p)),
    }
    assert log_odds(tokens) == pytest.approx(math.log(p / (0.9 * (1 - p))))


def test_eyes_are_no_yes_and_a_missing_word_is_at_most_as_likely_as_the_last() -> None:
    assert log_odds({"eyes": -0.1, "know": -2.0}) == 0
    assert log_odds({"Yes": -0.1, "know": -4.0}) == pytest.approx(3.9)


def with_logprobs() -> ChatModel:
    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        del messages, info
        top = [{"token": "Yes", "logprob": -0.5}, {"token": "No", "logprob": -1.5}]
        place = {"token": "Yes", "logprob": -0.5, "top_logprobs": top}
        return ModelResponse(
            parts=[TextPart("Yes")], provider_details={"logprobs": [place]}, finish_reason="length"
        )

    return ChatModel("with-logprobs", FunctionModel(answer))


async def test_log_probabilities_are_used_where_there_are_any() -> None:
    scales = await Scales.of(with_logprobs())
    assert scales.by == "logprobs"
    assert (await scales.log_odds(Prompt("", "Is it?"), 1)).value == pytest.approx(1.0)


async def test_a_form_is_used_where_there_are_none() -> None:
    model = ScriptedModel(["Yes.", {"answer": "no", "sure": 10}])
    scales = await Scales.of(model)
    assert scales.by == "schema"
    assert (await scales.log_odds(Prompt("", "Is it?"), 1)).value < -3


async def test_a_provider_that_refuses_log_probabilities_gets_the_form() -> None:
    model = ScriptedModel([ModelRejectedError("no logprobs", "")])
    assert (await Scales.of(model)).by == "schema"


def test_openai_responses_have_their_log_probabilities_in_the_text() -> None:
    place = {"token": "No", "logprob": -0.1, "top_logprobs": [{"token": "No", "logprob": -0.1}]}
    part = TextPart("No", provider_details={"logprobs": [place]})
    assert first_token(ModelResponse(parts=[part])) == {"No": -0.1}
    assert first_token(ModelResponse(parts=[TextPart("No")])) == {}
