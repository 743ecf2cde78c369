from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluation.made_studies import NOW, judges, opened, standing, study

from simulacra.characters import TENDENCIES
from simulacra.characters.files import FileProblemsError
from simulacra.cognition import METHODS
from simulacra.errors import JudgementInvalidError, StageNotOpenError, TaskNotFoundError
from simulacra.evaluation.observer import (
    PEOPLE,
    STAGES,
    Judge,
    Role,
    Stage,
    Study,
    checked,
    heard_by,
    seat_for,
    tasks_of,
)
from simulacra.evaluation.observer_answers import choose_scenarios
from simulacra.evaluation.observer_desk import (
    Given,
    TextKey,
    life_story,
    progress,
    texts_needed,
    view,
)
from simulacra.evaluation.observer_guidance import guidance
from simulacra.evaluation.scenarios import read_scenarios, shipped_scenarios

FOUR = judges(1, 2, 3, 4)
ROLES: tuple[Role, ...] = ("blind", "story")


def texts(of: Study, people: tuple[Judge, ...], judge: Judge) -> dict[TextKey, str]:
    return {
        key: f"Text {number} on {key.kind}."
        for number, key in enumerate(
            key for task in tasks_of(of, people, judge, 2) for key in texts_needed(task)
        )
    }


# --- scenarios ---------------------------------------------------------------------------------


def test_at_least_fifteen_scenarios_are_shipped_and_elicit_every_tendency() -> None:
    found = shipped_scenarios()
    assert len(found) >= 15
    assert len({scenario.id for scenario in found}) == len(found)
    assert {tendency for scenario in found for tendency in scenario.elicits} == set(TENDENCIES)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: one", "id: One!", "scenarios.0.id"),
        ("elicits: [Ne]", "elicits: [Xx]", "scenarios.0.elicits"),
        ("about: x", "abuot: x", "about"),
        ("id: two", "id: one", "'one' stands twice"),
    ],
)
def test_a_users_file_with_a_mistake_is_named_with_file_and_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    entry = "  - {id: %s, elicits: [Ne], about: x, text: You stand before a closed door.}\n"
    text = "scenarios:\n" + (entry % "one") + (entry % "two")
    text = text.replace("{", "").replace("}", "").replace(", ", "\n    ")
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    assert [scenario.id for scenario in read_scenarios(file)] == ["one", "two"]
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(FileProblemsError, match=r"mine\.yaml") as failed:
        read_scenarios(file)
    assert said in str(failed.value)


@given(st.integers(1, 16), st.integers(0, 1000))
def test_scenarios_are_drawn_by_the_seed_without_repetition(count: int, seed: int) -> None:
    chosen = choose_scenarios(shipped_scenarios(), count, seed)
    assert chosen == choose_scenarios(shipped_scenarios(), count, seed)
    assert len(set(chosen)) == count


def test_five_drawn_scenarios_spread_over_the_tendencies() -> None:
    for seed in range(20):
        chosen = choose_scenarios(shipped_scenarios(), 5, seed)
        assert len({tendency for scenario in chosen for tendency in scenario.elicits}) >= 7


# --- seats, tasks and orders -------------------------------------------------------------------


def test_judges_take_the_papers_seats_in_turn_and_a_revoked_ones_seat_is_filled_again() -> None:
    people: list[Judge] = []
    for number in range(1, 7):
        people.append(Judge(number=number, seat=seat_for(people)))
    assert [judge.seat for judge in people] == [1, 2, 3, 4, 1, 2]
    four = [*people[:2], people[2].model_copy(update={"revoked": True}), people[3]]
    assert seat_for(four) == 3
    assert seat_for(people[:4], role="story") == 3
    assert seat_for(people[:4], panel="model") == 1


def test_each_role_has_its_tasks_at_each_stage() -> None:
    of = study()
    kinds = {
        (judge.seat, stage): [task.kind for task in tasks_of(of, FOUR, judge, stage)]
        for judge in FOUR
        for stage in STAGES
    }
    assert kinds[1, 1] == ["describe"] * 15
    assert kinds[3, 1] == ["write"] * 5
    assert kinds[2, 2] == ["likeness"] * 15
    assert kinds[4, 2] == ["fit"] * 30


def test_a_response_that_cannot_be_used_is_nobodys_task() -> None:
    of = study(unusable=[(0, "rag")])
    for judge in FOUR:
        for stage in STAGES:
            for task in tasks_of(of, FOUR, judge, stage):
                assert (task.scenario, task.method) != (of.scenarios[0].id, "rag")


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_orders_are_those_of_the_seed_and_every_judges_own(seed: int, number: int) -> None:
    of, judge = study(seed=seed), Judge(number=number, seat=1)
    first, again = (tasks_of(of, [judge], judge, 1) for _ in range(2))
    assert first == again
    assert [task.place for task in first] == list(range(1, 16))
    for start in range(0, 15, 3):
        one = first[start : start + 3]
        assert len({task.scenario for task in one}) == 1
        assert sorted(task.method_place for task in one) == [1, 2, 3]
        assert {task.method for task in one} == set(of.methods)


def test_orders_differ_between_judges_and_between_scenarios() -> None:
    of = study()
    by_judge = [[t.scenario for t in tasks_of(of, FOUR, judge, 1)][::3] for judge in FOUR[:2]]
    assert by_judge[0] != by_judge[1]
    tasks = tasks_of(of, FOUR, FOUR[0], 1)
    assert len({tuple(t.method for t in tasks[i : i + 3]) for i in range(0, 15, 3)}) > 1


@given(st.lists(st.integers(1, 4), min_size=2, max_size=30), st.data())
def test_a_judge_scores_the_texts_of_at_most_two_of_the_other_role(
    seats: list[int], data: st.DataObject
) -> None:
    people = judges(*seats)
    gone = data.draw(st.sets(st.sampled_from([j.number for j in people])))
    left = tuple(j.model_copy(update={"revoked": j.number in gone}) for j in people)
    for judge in left:
        heard = heard_by(judge, left)
        others = [j for j in left if j.role != judge.role and not j.revoked]
        assert set(heard) <= {j.number for j in others}
        assert len(heard) <= 2
        assert bool(heard) == bool(others)
        if not gone:
            assert len(heard) == min(2, len(others))


def test_people_and_models_never_see_each_others_texts() -> None:
    people = (*FOUR, *judges(1, 2, 3, 4, model="openai:gpt", first=5))
    for judge in people:
        panel = {j.number for j in people if j.panel == judge.panel}
        assert set(heard_by(judge, people)) < panel


# --- what may be seen --------------------------------------------------------------------------


@pytest.mark.parametrize("seat", [1, 2, 3, 4])
@pytest.mark.parametrize("stage", STAGES)
def test_no_view_says_the_method_the_model_or_who_the_others_are(seat: int, stage: Stage) -> None:
    of, people = study(methods=METHODS), judges(1, 2, 3, 4)
    judge = people[seat - 1]
    for task in tasks_of(of, people, judge, stage):
        shown = view(of, opened(people), judge, stage, task.id, texts(of, people, judge))
        fields = shown.model_dump()
        del fields["scenario"]  # of which not a word is ours
        said = set(re.findall(r"[\w-]+", str(fields)))
        assert not said & {*METHODS, *of.methods, "bo-lind", "openai", "gpt-secret", "salt", of.id}
        assert not any(word in fields for word in ("method", "model", "judge", "about", "seed"))


FIELDS: dict[tuple[int, Stage], set[str]] = {
    (1, 1): {"kind", "task", "place", "of", "scenario", "response"},
    (3, 1): {"kind", "task", "place", "of", "scenario", "name"},
    (1, 2): {"kind", "task", "place", "of", "scenario", "response", "people"},
    (3, 2): {"kind", "task", "place", "of", "scenario", "name", "description"},
}


@pytest.mark.parametrize(("seat", "stage"), FIELDS)
def test_a_view_has_the_fields_of_its_role_and_stage_and_no_other(seat: int, stage: Stage) -> None:
    of, judge = study(), FOUR[seat - 1]
    for task in tasks_of(of, FOUR, judge, stage):
        shown = view(of, opened(FOUR), judge, stage, task.id, texts(of, FOUR, judge))
        assert set(shown.model_dump()) == FIELDS[seat, stage]


@pytest.mark.parametrize("stage", STAGES)
def test_the_blind_role_never_sees_who_it_is(stage: Stage) -> None:
    of, judge = study(), FOUR[0]
    with pytest.raises(StageNotOpenError):
        life_story(of, judge)
    for task in tasks_of(of, FOUR, judge, stage):
        shown = view(of, opened(FOUR), judge, stage, task.id, texts(of, FOUR, judge))
        for hidden in ("Bo Lind", "ferry", "elk", "bees"):
            assert hidden not in shown.model_dump_json()


@pytest.mark.parametrize("stage", STAGES)
def test_the_story_role_never_sees_a_response(stage: Stage) -> None:
    of, judge = study(), FOUR[2]
    for task in tasks_of(of, FOUR, judge, stage):
        shown = view(of, opened(FOUR), judge, stage, task.id, texts(of, FOUR, judge))
        assert "I want peace" not in shown.model_dump_json()


def test_names_of_tasks_are_each_judges_own_and_tell_nothing() -> None:
    of = study()
    every = [
        task.id for judge in FOUR for stage in STAGES for task in tasks_of(of, FOUR, judge, stage)
    ]
    assert len(set(every)) == len(every)
    other = study().model_copy(update={"salt": "another"})
    assert not set(every) & {task.id for task in tasks_of(other, FOUR, FOUR[0], 1)}


def test_a_task_of_another_judge_or_stage_is_none() -> None:
    of, state = study(), opened(FOUR)
    theirs = tasks_of(of, FOUR, FOUR[1], 1)[0].id
    forged: tuple[tuple[Stage, str], ...] = (
        (1, theirs),
        (2, tasks_of(of, FOUR, FOUR[0], 1)[0].id),
        (1, "forged"),
    )
    for stage, task in forged:
        with pytest.raises(TaskNotFoundError):
            view(of, state, FOUR[0], stage, task)


def test_the_life_story_comes_in_chapters() -> None:
    found = life_story(study(), FOUR[3])
    assert [chapter.title for chapter in found.chapters] == ["Ferry", "Winter"]
    assert found.chapters[0].paragraphs == ("Bo steers the ferry.", "Bo keeps bees.")
    plain = study().model_copy(update={"story": "One.\n\nTwo."})
    assert life_story(plain, FOUR[3]).chapters[0].paragraphs == ("One.", "Two.")


# --- when stages open --------------------------------------------------------------------------


def test_stage_2_opens_when_everybody_has_finished_stage_1() -> None:
    some = standing(FOUR[:3], "finished-1")
    waiting = type(some)(FOUR, some.marks)
    assert not waiting.opened(PEOPLE)
    assert waiting.state(FOUR[0], 2) == "waiting"
    task = tasks_of(study(), FOUR, FOUR[0], 2)[0]
    with pytest.raises(StageNotOpenError, match="not open yet"):
        view(study(), waiting, FOUR[0], 2, task.id)
    assert opened(FOUR).state(FOUR[0], 2) == "open"


def test_stage_2_does_not_open_while_a_role_has_nobody() -> None:
    assert not opened(FOUR[:2]).opened(PEOPLE)
    gone = tuple(j.model_copy(update={"revoked": j.role == "story"}) for j in FOUR)
    assert not opened(gone).opened(PEOPLE)


def test_stage_2_does_not_wait_for_who_was_revoked_nor_for_another_panel() -> None:
    slow = Judge(number=5, seat=1, revoked=True)
    model = Judge(number=6, seat=1, model="m")
    state = opened(FOUR)
    assert type(state)((*FOUR, slow, model), state.marks).opened(PEOPLE)


# --- judgements --------------------------------------------------------------------------------


@given(st.integers(0, 10))
def test_scores_are_0_to_5_in_halves(halves: int) -> None:
    assert checked("fit", halves / 2) == halves / 2


@pytest.mark.parametrize(
    "value", [-0.5, 5.5, 0.25, float("nan"), float("inf"), "3", None, True, [], 10**400]
)
def test_nothing_else_is_a_score(value: object) -> None:
    with pytest.raises(JudgementInvalidError):
        checked("likeness", value)


@given(st.text(max_size=4000))
def test_a_text_is_kept_as_it_is(text: str) -> None:
    if "\0" in text:
        with pytest.raises(JudgementInvalidError):
            checked("describe", text)
    else:
        assert checked("describe", text) == (text if text.strip() else "")


@pytest.mark.parametrize("value", ["x" * 4001, 3, None, b"x"])
def test_nothing_else_is_a_text(value: object) -> None:
    with pytest.raises(JudgementInvalidError):
        checked("write", value)


def test_an_emptied_text_is_not_done() -> None:
    tasks = tasks_of(study(), FOUR, FOUR[2], 1)
    found = {tasks[0].id: Given("I go.", 1, NOW), tasks[1].id: Given("", 2, NOW)}
    assert progress(tasks, found) == (1, 5)


# --- guidance ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_worked_example_and_practice_of_its_own_kind(
    role: Role, stage: Stage
) -> None:
    found, judge = guidance(role, stage), FOUR[0 if role == "blind" else 2]
    kind = tasks_of(study(), FOUR, judge, stage)[0].kind
    assert found.example.view.kind == found.practice.kind == kind
    assert checked(kind, found.example.value) == found.example.value
    asked = {scenario.text for scenario in shipped_scenarios()}
    assert found.practice.scenario not in asked
    assert found.instructions
