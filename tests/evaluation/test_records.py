from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.errors import StorageError
from simulacra.evaluation import AnswerRecord, Reading, Run, RunSheet
from simulacra.inference import Usage


def record(**changes: object) -> AnswerRecord:
    one = AnswerRecord(
        character="bo-lind",
        method="prompt",
        model="scripted",
        agent_model=None,
        task="self_report",
        way="free",
        repeat=0,
        item="single-1",
        kind="single",
        question="What did you pull onto the ice?",
        options_shown=("A horse", "An elk", "A sledge", "A crate of fish"),
        order=(1, 0, 2, 3),
        answer="B",
        reading=Reading(("An elk",)),
        expected=("An elk",),
        score=2,
        possible=2,
        usage=Usage(1, 20, 5, 3),
        seconds=0.25,
        prompt_digest="ab+cd",
    )
    return AnswerRecord.model_validate({**dict(one), **changes})


HOW = RunSheet(
    created=datetime(2025, 6, 1, tzinfo=UTC),
    way="free",
    seed=0,
    repeats=3,
    tasks=("self_report",),
    characters=("bo-lind",),
    methods=("macm",),
    models=("scripted",),
    items={"bo-lind": {"cloze-1": "a", "single-1": "b"}},
    prompts={"judgement": "c"},
)


@pytest.fixture
def how() -> RunSheet:
    return HOW


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 99), st.text(st.characters(exclude_categories=["Cs"])), st.floats(0, 1e6)
        ),
        max_size=6,
        unique_by=lambda one: one[0],
    )
)
def test_what_is_appended_is_read_back_the_same(answers: list[tuple[int, str, float]]) -> None:
    with TemporaryDirectory() as folder:
        run_folder = Path(folder) / "run"
        written = [record(repeat=r, answer=text, seconds=s) for r, text, s in answers]
        with Run.open(run_folder, HOW) as run:
            for one in written:
                run.append(one)
        found = Run.read(run_folder)
    assert found.records == written
    assert found.sheet == HOW


def test_a_line_that_a_crash_cut_off_is_dropped_and_asked_again(
    tmp_path: Path, how: RunSheet
) -> None:
    with Run.open(tmp_path / "run", how) as run:
        run.append(record())
        run.append(record(repeat=1))
    file = tmp_path / "run" / "answers.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    with Run.open(tmp_path / "run", how) as run:
        assert [one.repeat for one in run.records] == [0]
        run.append(record(repeat=1))
    assert [one.repeat for one in Run.read(tmp_path / "run").records] == [0, 1]


def test_a_damaged_line_is_named_with_its_file(tmp_path: Path, how: RunSheet) -> None:
    with Run.open(tmp_path / "run", how) as run:
        run.append(record())
    file = tmp_path / "run" / "answers.jsonl"
    file.write_text(file.read_text() + '{"character": 7}\n')
    with pytest.raises(StorageError, match=r"answers\.jsonl, line 2"):
        Run.read(tmp_path / "run")


def test_nothing_is_answered_twice(tmp_path: Path, how: RunSheet) -> None:
    with Run.open(tmp_path / "run", how) as run:
        run.append(record())
        with pytest.raises(ValueError, match="answered before"):
            run.append(record(answer="C"))


@pytest.mark.parametrize(
    "change", [{"way": "deliberate"}, {"seed": 8}, {"prompts": {"judgement": "other"}}]
)
def test_a_run_is_not_gone_on_with_in_another_way(
    tmp_path: Path, how: RunSheet, change: dict[str, object]
) -> None:
    with Run.open(tmp_path / "run", how):
        pass
    other = how.model_copy(update=change)
    with pytest.raises(StorageError, match=next(iter(change))), Run.open(tmp_path / "run", other):
        pass


def test_a_changed_item_is_named(tmp_path: Path, how: RunSheet) -> None:
    with Run.open(tmp_path / "run", how):
        pass
    other = how.model_copy(update={"items": {"bo-lind": {"cloze-1": "changed"}}})
    with (
        pytest.raises(StorageError, match="item cloze-1 of bo-lind"),
        Run.open(tmp_path / "run", other),
    ):
        pass


def test_a_run_grows_by_methods_models_characters_and_repeats(
    tmp_path: Path, how: RunSheet
) -> None:
    with Run.open(tmp_path / "run", how):
        pass
    more = how.model_copy(
        update={"methods": ("rag",), "models": ("other",), "repeats": 5, "items": {"ann": {}}}
    )
    with Run.open(tmp_path / "run", more) as run:
        assert run.sheet.methods == ("macm", "rag")
        assert run.sheet.models == ("scripted", "other")
        assert run.sheet.repeats == 5
        assert list(run.sheet.items) == ["bo-lind", "ann"]


def test_both_tests_can_stand_in_one_run(tmp_path: Path, how: RunSheet) -> None:
    other = how.model_copy(update={"tasks": ("personality",), "share": 0.4})
    for one in (how, other, how):
        with Run.open(tmp_path / "run", one) as run:
            pass
    assert run.sheet.tasks == ("self_report", "personality")
    assert run.sheet.share == 0.4
    third = other.model_copy(update={"share": 0.5})
    with pytest.raises(StorageError, match="share"), Run.open(tmp_path / "run", third):
        pass


def test_a_folder_without_a_run_is_told_from_an_empty_run(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="holds no run"):
        Run.read(tmp_path)


def _hold(folder: Path, how: RunSheet, open_: Event, done: Event) -> None:
    with Run.open(folder, how):
        open_.set()
        done.wait(30)


def test_a_second_process_is_turned_away(tmp_path: Path, how: RunSheet) -> None:
    fork = get_context("fork")
    open_, done = fork.Event(), fork.Event()
    other = fork.Process(target=_hold, args=(tmp_path / "run", how, open_, done))
    other.start()
    try:
        assert open_.wait(30)
        with (
            pytest.raises(StorageError, match="Another process"),
            Run.open(tmp_path / "run", how),
        ):
            pass
    finally:
        done.set()
        other.join()
    with Run.open(tmp_path / "run", how):
        pass
