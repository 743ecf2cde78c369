from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from questioned import ITEMS, about, agents, bo, interview, knows, questions, run_sheet

from simulacra.characters import Character
from simulacra.cognition import METHODS, Method
from simulacra.errors import CharacterError, CharacterInvalidError, ModelUnavailableError
from simulacra.evaluation import AnswerRecord, Run, ask, questions_for
from simulacra.evaluation.keeping import keeping
from simulacra.evaluation.personality_test import personality_test
from simulacra.evaluation.records import Way
from simulacra.evaluation.self_report import self_report
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.settings import Settings


@pytest.fixture
def character() -> Character:
    folder = Settings.read().workspace
    assert folder is not None
    return bo(folder)


async def asked(
    character: Character,
    folder: Path,
    model: ScriptedModel,
    *,
    method: Method = "macm",
    way: Way = "free",
    repeats: int = 3,
) -> list[AnswerRecord]:
    with Run.open(folder, run_sheet(character, way=way, repeats=repeats)) as run:
        who = await interview(keeping_scripted(model, run), method, way)
        return await ask(who, questions(character), run, repeats=repeats)


def keeping_scripted(model: ScriptedModel, run: Run) -> ScriptedModel:
    kept = keeping(model, run.journal)
    assert isinstance(kept, ScriptedModel)
    return kept


async def test_who_knows_all_has_all_points(character: Character, tmp_path: Path) -> None:
    records = await asked(character, tmp_path / "run", ScriptedModel(agents(knows)))
    report = self_report(records)
    assert (report.cloze, report.single, report.multiple) == (2, 2, 6)
    assert report.unparsed == 0
    assert report.total == report.possible == 10


async def test_an_answer_that_can_not_be_read_scores_nothing_and_is_counted(
    character: Character, tmp_path: Path
) -> None:
    records = await asked(character, tmp_path / "run", ScriptedModel(agents()))
    report = self_report(records)
    assert report.total == 0
    assert report.unparsed == 3


async def test_no_answer_at_all_is_read_as_such_and_ends_nothing(
    character: Character, tmp_path: Path
) -> None:
    records = await asked(character, tmp_path / "run", ScriptedModel(agents(lambda _: "")))
    assert {record.reading.unparsed for record in records} == {"empty"}
    assert all("answered with nothing" in record.notes[-1] for record in records)


async def test_options_are_in_another_order_at_each_repeat_and_the_order_is_recorded(
    character: Character, tmp_path: Path
) -> None:
    records = await asked(character, tmp_path / "run", ScriptedModel(agents(knows)), repeats=6)
    multiple = [record for record in records if record.kind == "multiple"]
    options = ITEMS[2].options
    assert len({record.order for record in multiple}) > 1
    for record in multiple:
        assert record.options_shown == tuple(options[place] for place in record.order)


async def test_inner_steps_are_taken_once_and_see_no_options(
    character: Character, tmp_path: Path
) -> None:
    model = ScriptedModel(agents(knows))
    records = await asked(character, tmp_path / "run", model)
    inner = [call for call in model.calls if "Task: do not answer" in call.user]
    assert len(inner) == len(ITEMS) * 3
    assert len(model.calls) == len(inner) + len(ITEMS) * 3
    options = [option for item in ITEMS for option in item.options]
    assert not any(option in call.user for call in inner for option in options)
    calls = Counter({record.repeat: 0 for record in records})
    for record in records:
        calls[record.repeat] += record.usage.calls
    assert calls == {0: 4 * len(ITEMS), 1: len(ITEMS), 2: len(ITEMS)}


async def test_all_methods_are_asked_in_the_same_words_with_the_same_seeds(
    character: Character, tmp_path: Path
) -> None:
    heard: dict[Method, list[tuple[str, object, object]]] = {}
    for method in METHODS:
        model = ScriptedModel(agents(knows))
        await asked(character, tmp_path / method, model, method=method)
        answers = [call for call in model.calls if "Task: do not answer" not in call.user]
        heard[method] = sorted(
            (
                re.split("That brings back:|I think:", call.user.split("kettle on: ")[1])[0],
                dict(call.settings)["seed"],
                dict(call.settings)["temperature"],
            )
            for call in answers
        )
        assert len(answers) == 3 * len(ITEMS)
    assert heard["none"] == heard["prompt"] == heard["rag"] == heard["macm"]


async def test_what_is_answered_is_not_asked_again(character: Character, tmp_path: Path) -> None:
    first = await asked(character, tmp_path / "run", ScriptedModel(agents(knows)))
    silent = ScriptedModel([])
    assert await asked(character, tmp_path / "run", silent) == first
    assert silent.calls == []


@pytest.mark.parametrize("way", ["free", "deliberate"])
async def test_when_the_model_goes_away_nothing_paid_for_is_lost(
    character: Character, tmp_path: Path, way: Way
) -> None:
    whole = ScriptedModel(agents(knows))
    expected = await asked(character, tmp_path / "whole", whole, way=way)

    paid: list[ScriptedCall] = []

    def living(calls: int) -> ScriptedModel:
        left = iter(range(calls))

        def play(call: ScriptedCall) -> ScriptedAnswer:
            if next(left, None) is None:
                return ModelUnavailableError("The model is gone.", "Try again.")
            paid.append(call)
            return agents(knows)(call)

        return ScriptedModel(play, concurrency=1)

    for calls in (3, 1, 4, 2, 5, 1):
        with pytest.raises(ModelUnavailableError, match="gone"):
            await asked(character, tmp_path / "run", living(calls), way=way)
    found = await asked(character, tmp_path / "run", living(1000), way=way)
    assert len(paid) == len(whole.calls)
    assert len({(call.system, call.user, call.settings) for call in paid}) == len(paid)

    def timeless(record: AnswerRecord) -> AnswerRecord:
        return record.model_copy(update={"seconds": 0})

    assert list(map(timeless, found)) == list(map(timeless, expected))


def weighs(call: ScriptedCall) -> bool:
    return "Do the facts support" in call.user


def knowing(call: ScriptedCall) -> bool:
    """Whether the call tells anything of the person."""
    return "Facts:" in call.system + call.user


def right(call: ScriptedCall) -> bool:
    item = about(call)
    return item is not None and any(f"Statement: {one}\n" in call.user for one in item.answer)


async def test_deliberate_answers_are_judged_once_and_say_so(
    character: Character, tmp_path: Path
) -> None:
    model = ScriptedModel(agents(knows, lambda call: not right(call)))
    records = await asked(character, tmp_path / "run", model, way="deliberate")
    judged = [record for record in records if record.kind != "cloze"]
    assert {(record.repeat, record.same_as) for record in judged} == {(0, None), (1, 0), (2, 0)}
    assert all(record.usage.calls == 0 for record in judged if record.repeat)
    assert {record.judged_by for record in judged} == {"schema"}
    assert sum(weighs(call) for call in model.calls) == 2 * (4 + 6)


async def test_what_the_model_says_yes_to_anyway_plays_no_part(
    character: Character, tmp_path: Path
) -> None:
    model = ScriptedModel(agents(knows, lambda call: not right(call) or knowing(call)))
    records = await asked(character, tmp_path / "run", model, method="prompt", way="deliberate")
    assert self_report(records).total == 10


async def test_what_each_method_has_before_it_when_it_judges(
    character: Character, tmp_path: Path
) -> None:
    seen: dict[Method, ScriptedCall] = {}
    for method in METHODS:
        model = ScriptedModel(agents(knows))
        await asked(character, tmp_path / method, model, method=method, way="deliberate")
        elk = [call for call in model.calls if "Statement: An elk\n" in call.user]
        seen[method] = elk[-1]
        assert not knowing(elk[0])
    assert not knowing(seen["none"])
    assert "Facts:" not in seen["prompt"].user
    assert "Bo Lind steers a ferry" in seen["prompt"].system
    assert seen["rag"].system == seen["prompt"].system
    assert seen["rag"].user.count("winter of 2004") == 1
    assert seen["macm"].system == ""
    assert "pulled a drowning elk" in seen["macm"].user


async def test_what_is_familiar_counts_for_who_remembers_and_for_nobody_else(
    character: Character, tmp_path: Path
) -> None:
    for method in METHODS:
        model = ScriptedModel(agents(knows))
        records = await asked(
            character, tmp_path / method, model, method=method, way="deliberate", repeats=1
        )
        judged = [one for record in records for one in record.judged]
        assert judged
        assert all((one.familiarity is not None) == (method == "macm") for one in judged)


async def test_a_small_model_is_told_which_choices_it_recognizes(
    character: Character, tmp_path: Path
) -> None:
    """Bo's thought before the answer is the letters of what was weighed true, in shown order."""
    model = ScriptedModel(agents(knows, lambda call: right(call) and knowing(call)), small=True)
    records = await asked(character, tmp_path / "run", model)
    asks = [call for call in model.calls if "Question to Bo" in call.user]
    for record in records:
        if record.kind == "cloze":
            continue
        letters = [
            letter
            for letter, option in zip("ABCDEF", record.options_shown, strict=False)
            if option in record.expected
        ]
        thought = f"Bo thinks: {', '.join(letters)}.\n"
        shown = record.options_shown[0]
        assert any(thought in call.user and f"A. {shown}\n" in call.user for call in asks)
    weighed = [call for call in model.calls if weighs(call) and call.schema]
    assert len(weighed) == 2 * (4 + 6)  # once for all three orders


async def test_a_record_names_the_memories_that_were_before_the_mind(
    character: Character, tmp_path: Path
) -> None:
    free = await asked(character, tmp_path / "free", ScriptedModel(agents(knows)))
    elk = next(record for record in free if record.item == "single-1")
    assert elk.memories[0] == "story-0002"
    model = ScriptedModel(agents(knows))
    deliberate = await asked(character, tmp_path / "deliberate", model, way="deliberate")
    elk = next(record for record in deliberate if record.item == "single-1")
    near = {one.option: one.near for one in elk.judged}
    assert near["An elk"][0] == "story-0002"
    assert all(len(ids) == 3 for ids in near.values())


async def test_macm_without_memories_is_no_macm(character: Character) -> None:
    character.memories_path.unlink()
    with pytest.raises(CharacterError, match="simulacra memory build bo-lind"):
        await interview(ScriptedModel(agents()), "macm")


async def test_the_baseline_is_paid_once_for_all_methods(
    character: Character, tmp_path: Path
) -> None:
    model = ScriptedModel(agents(knows))
    for method in METHODS:
        await asked(character, tmp_path / "run", model, method=method, way="deliberate")
    assert sum(weighs(call) and not knowing(call) for call in model.calls) == 4 + 6


async def test_the_personality_test_finds_the_ranking_of_who_answers_by_it(
    character: Character, tmp_path: Path
) -> None:
    ranking = character.profile.traits.ranking
    statements = questions(character, "personality")
    liked = {
        question.options[0]
        for question in statements
        if (of := question.statement) and (of.rank <= 4) == (ranking.index(of.tendency) < 4)
    }

    def play(call: ScriptedCall) -> ScriptedAnswer:
        return "Yes." if any(text in call.user for text in liked) else "No, not me."

    with Run.open(tmp_path / "run", run_sheet(character)) as run:
        who = await interview(ScriptedModel(play), "none")
        records = await ask(who, statements, run, repeats=1)
    test = personality_test(records, ranking)
    assert test.every.asked == len(statements) == 64
    assert test.unparsed == 0
    assert test.every.tau_b is not None
    assert test.every.tau_b > 0.6
    own = [record for record in records if record.statement and record.statement.own]
    assert test.held_out.asked == 64 - len(own)


def test_a_character_without_questions_is_told_what_to_do(character: Character) -> None:
    from dataclasses import replace

    with pytest.raises(CharacterError, match="no questionnaire"):
        questions_for("self_report", replace(character, questionnaire=None))


def test_a_questionnaire_with_a_wrong_key_is_named_with_file_and_line(
    character: Character,
) -> None:
    file = character.folder / "questionnaire.yaml"
    text = file.read_text().replace("  answer:\n  - An elk\n", "  answer:\n  - A moose\n")
    file.write_text(text)
    with pytest.raises(CharacterInvalidError, match=r"questionnaire\.yaml.*none of the options"):
        bo_again(character)


def bo_again(character: Character) -> Character:
    from simulacra.characters import read_character

    return read_character(character.folder)
