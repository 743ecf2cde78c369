"""The tasks under Inspect: its log says what was asked by whom, and what it was worth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import inspect_ai
import pytest
from inspect_ai.event import InfoEvent, ModelEvent, SpanBeginEvent
from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Logprob,
    Logprobs,
    Model,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    get_model,
)
from inspect_ai.tool import ToolChoice, ToolInfo
from questioned import ITEMS, SLUG, about, bo, knows

from simulacra.characters import Pools
from simulacra.errors import CharacterNotFoundError, SettingsError, TruncatedAnswerError
from simulacra.evaluation.inspect_model import chat_model
from simulacra.evaluation.tasks import personality_test, self_report
from simulacra.inference import Prompt, Sampling, ScriptedCall
from simulacra.settings import Settings

pytestmark = pytest.mark.xdist_group("inspect")  # which takes seconds to begin, in each process

Say = Callable[[ScriptedCall], str]
run: Callable[..., list[EvalLog]] = vars(inspect_ai)["eval"]  # its own type is not complete


@pytest.fixture(autouse=True)
def workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Settings.read().workspace
    assert folder is not None
    bo(folder)
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "hash")


def mock(say: Say = knows, *, name: str = "model", yes: float | None = None) -> Model:
    """A mock model of Inspect that plays all agents; ``yes`` is its log odds of that word."""

    def answer(
        messages: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        del tools, tool_choice
        system = "\n".join(m.text for m in messages if m.role == "system")
        call = ScriptedCall(system, messages[-1].text)
        content, logprobs = played(call, say), None
        if config.logprobs and yes is not None:
            known = "Facts:" in call.system + call.user
            item = about(call)
            odds = yes if known and item and right(call, item.answer) else -yes
            top = [TopLogprob(token="Yes", logprob=odds), TopLogprob(token="No", logprob=0.0)]
            logprobs = Logprobs(content=[Logprob(token="Yes", logprob=odds, top_logprobs=top)])
        choice = ChatCompletionChoice(
            message=ChatMessageAssistant(content=content), stop_reason="stop", logprobs=logprobs
        )
        usage = ModelUsage(input_tokens=10, output_tokens=2, total_tokens=12)
        return ModelOutput(model=name, choices=[choice], usage=usage)

    return get_model(f"mockllm/{name}", custom_outputs=answer, memoize=False)


def right(call: ScriptedCall, answers: tuple[str, ...]) -> bool:
    return any(f"Statement: {answer}\n" in call.user for answer in answers)


def played(call: ScriptedCall, say: Say) -> str:
    if "- query:" in call.user:
        return json.dumps({"elements": ["Bo"], "query": "Bo on the ferry"})
    if "- intensity:" in call.user:
        return json.dumps({"feeling": "calm", "intensity": 3, "text": "I am at ease."})
    return "They are curious." if "Task: do not answer" in call.user else say(call)


def evaluated(folder: Path, task: inspect_ai.Task, model: Model, **options: Any) -> EvalLog:
    logs = run(task, model=model, log_dir=str(folder / "logs"), display="none", **options)
    assert logs[0].status == "success", logs[0].error
    return read_eval_log(logs[0].location)


def values(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {
        f"{score.name}/{name.split('/')[-1]}": metric.value
        for score in log.results.scores
        for name, metric in score.metrics.items()
    }


def samples(log: EvalLog) -> list[EvalSample]:
    assert log.samples
    return log.samples


def calls_by_span(sample: EvalSample) -> list[tuple[str, str]]:
    """The name of the span in which each model call stands, and the model."""
    names = {e.id: e.name for e in sample.events if isinstance(e, SpanBeginEvent)}
    return [(names[e.span_id or ""], e.model) for e in sample.events if isinstance(e, ModelEvent)]


def test_who_knows_all_has_all_points_and_each_agent_s_call_its_own_span(tmp_path: Path) -> None:
    log = evaluated(tmp_path, self_report(SLUG), mock())
    assert values(log) == {
        "points/cloze": 2,
        "points/single": 2,
        "points/multiple": 6,
        "points/total": 10,
        "unparsed/count": 0,
    }
    assert len(samples(log)) == 3 * len(ITEMS)
    assert log.eval.config.epochs == 3
    assert log.eval.config.epochs_reducer == ["mean"]
    for item in ITEMS:
        epochs = [sample for sample in samples(log) if sample.id == item.id]
        spans = [sorted(name for name, _ in calls_by_span(sample)) for sample in epochs]
        assert sorted(spans, key=len) == [
            ["respond"],
            ["respond"],
            ["feel", "reflect", "respond", "think"],
        ]
        for sample in epochs:
            begun = [e.name for e in sample.events if isinstance(e, SpanBeginEvent)]
            assert "recall" in begun
            infos = [e.data for e in sample.events if isinstance(e, InfoEvent)]
            told: Any = infos[0]
            assert told["thought"] == "They are curious."
            assert told["memories"]


def test_points_are_means_over_epochs_and_unparsed_answers_are_counted(tmp_path: Path) -> None:
    heard: Counter[str] = Counter()

    def twice(call: ScriptedCall) -> str:
        item = about(call)
        assert item is not None
        heard[item.id] += 1
        return knows(call) if heard[item.id] <= 2 else "I'd rather not say."

    log = evaluated(tmp_path, self_report(SLUG, method="prompt"), mock(twice))
    found = values(log)
    assert found["points/total"] == pytest.approx(10 * 2 / 3)
    assert found["unparsed/count"] == pytest.approx(1)


def test_the_inner_agents_take_the_model_of_their_role(tmp_path: Path) -> None:
    log = evaluated(
        tmp_path, self_report(SLUG), mock(), epochs=1, model_roles={"agent": mock(name="inner")}
    )
    models = {pair for sample in samples(log) for pair in calls_by_span(sample)}
    assert models == {
        ("reflect", "mockllm/model"),
        ("think", "mockllm/inner"),
        ("feel", "mockllm/inner"),
        ("respond", "mockllm/model"),
    }


def test_options_are_judged_by_log_probabilities_where_there_are_some(tmp_path: Path) -> None:
    task = self_report(SLUG, method="prompt", way="deliberate")
    log = evaluated(tmp_path, task, mock(yes=2.0))
    assert values(log)["points/total"] == 10
    records = [sample.store["answer"] for sample in samples(log)]
    assert {r["judged_by"] for r in records if r["kind"] != "cloze"} == {"logprobs"}
    names = {name for sample in samples(log) for name, _ in calls_by_span(sample)}
    assert "judge" in names


def test_the_record_says_how_options_were_shown(tmp_path: Path) -> None:
    log = evaluated(tmp_path, self_report(SLUG, method="none"), mock())
    single = [sample for sample in samples(log) if sample.id == "single-1"]
    assert {sample.store["answer"]["repeat"] for sample in single} == {0, 1, 2}
    for sample in single:
        shown = sample.store["answer"]["options_shown"]
        assert sorted(shown) == sorted(ITEMS[1].options)
        assert f"A. {shown[0]}\nB. {shown[1]}" in sample.messages[0].text


def test_the_personality_test_finds_tau_of_who_answers_by_the_ranking(tmp_path: Path) -> None:
    ranking = ("Si", "Ti", "Se", "Fi", "Te", "Ni", "Ne", "Fe")
    liked = {
        text
        for tendency, ranks in Pools.load().traits.items()
        for rank, texts in enumerate(ranks, start=1)
        for text in texts
        if (rank <= 4) == (ranking.index(tendency) < 4)
    }

    def say(call: ScriptedCall) -> str:
        statement = call.user.split("“")[1].split("”")[0]
        return "Yes, it is." if statement in liked else "No."

    task = personality_test(SLUG, method="none", share=0.1)
    found = values(evaluated(tmp_path, task, mock(say)))
    assert found["yes/tau_b"] > 0.6
    assert found["yes/tau_b_held_out"] > 0.5
    assert found["yes/yes_share"] == pytest.approx(0.5)
    assert found["unparsed/count"] == 0


def test_statements_without_a_readable_answer_are_unscored(tmp_path: Path) -> None:
    task = personality_test(SLUG, method="none", share=0.1)
    log = evaluated(tmp_path, task, mock(lambda _: "It depends."), limit=8)
    assert log.results is not None
    by_name = {score.name: score for score in log.results.scores}
    assert by_name["yes"].unscored_samples == 8
    assert values(log)["unparsed/count"] == 8


def test_wrong_arguments_say_what_is_known() -> None:
    with pytest.raises(SettingsError, match="Known: free, deliberate"):
        self_report(SLUG, way="fast")
    with pytest.raises(CharacterNotFoundError, match="Did you mean Bo Lind"):
        self_report("bo-lindt")


def test_the_tasks_are_found_by_their_registered_names(tmp_path: Path) -> None:
    logs = run(
        "simulacra/self_report",
        task_args={"character": SLUG, "method": "rag"},
        model=mock(),
        log_dir=str(tmp_path),
        display="none",
    )
    assert logs[0].status == "success"
    assert logs[0].eval.task == "simulacra/self_report"
    assert logs[0].eval.task_args["method"] == "rag"


@pytest.mark.weights
@pytest.mark.usefixtures("real_models")
async def test_our_own_models_answer_under_inspect() -> None:
    model = chat_model(get_model("simulacra/embedded:smollm2-135m", memoize=False))
    assert model.small
    assert model.name == "embedded:smollm2-135m"
    prompt = Prompt("", "Is water wet? Answer with one word, yes or no.")
    assert {"Yes", "No"} <= set((await model.first_token(prompt)).value)
    with pytest.raises(TruncatedAnswerError) as cut:
        await model.write(Prompt("", "Say hello.", prefill="Hello"), Sampling(max_tokens=8, seed=1))
    assert cut.value.answer.startswith("Hello")
