from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evaluation.made_studies import COMPARED, do, study

from simulacra.cognition import Trace
from simulacra.errors import (
    JudgeLinkError,
    JudgementInvalidError,
    JudgementStaleError,
    StageNotOpenError,
    StorageError,
    StudyClosedError,
    StudyError,
    StudyNotFoundError,
    TaskNotFoundError,
)
from simulacra.evaluation.observer import PEOPLE, Study
from simulacra.evaluation.observer_desk import FitView, LikenessView
from simulacra.evaluation.observer_scoring import score
from simulacra.storage import Desk, Studies


@pytest.fixture
def studies(tmp_path: Path) -> Studies:
    return Studies(tmp_path / "studies.db")


@pytest.fixture
def made(studies: Studies) -> Study:
    of = study()
    studies.create(of, {(of.scenarios[0].id, "macm"): Trace(thought="Hm.")})
    return of


def invited(studies: Studies, of: Study, count: int = 4) -> list[str]:
    return [invitation.token for invitation in studies.invite(of, count)]


def stage_1(studies: Studies, tokens: list[str]) -> None:
    for token in tokens:
        number = studies.desk(token).judge.number
        do(studies, studies.desk(token), 1, lambda t, n=number: f"Judge {n} writes {t.place}.")


def test_a_study_comes_back_as_it_was_made(studies: Studies, made: Study) -> None:
    again = Studies(studies.path)
    assert again.get("0123") == made
    assert again.list() == [made]
    assert again.traces(made)[made.scenarios[0].id, "macm"].thought == "Hm."


def test_the_latest_study_is_listed_first(studies: Studies, made: Study) -> None:
    later = study(id="99").model_copy(update={"created": made.created + timedelta(days=1)})
    studies.create(later)
    assert [one.id for one in studies.list()] == ["99", made.id]


@pytest.mark.parametrize("id_", ["", "zzz"])
def test_an_unknown_study_is_an_error_that_names_the_mend(studies: Studies, id_: str) -> None:
    with pytest.raises(StudyNotFoundError, match="study status"):
        studies.get(id_)


# --- links ---------------------------------------------------------------------------------------


def test_four_judges_get_four_links_of_256_bits_of_which_none_is_stored(
    studies: Studies, made: Study
) -> None:
    found = studies.invite(made, 4)
    assert [one.judge.seat for one in found] == [1, 2, 3, 4]
    assert len({one.token for one in found}) == 4
    assert all(len(one.token) >= 43 for one in found)
    stored = studies.path.read_bytes() + Path(f"{studies.path}-wal").read_bytes()
    for one in found:
        assert one.token.encode() not in stored
        assert studies.desk(one.token).judge == one.judge


@pytest.mark.parametrize(
    "forged", ["", "{0}A", "{0} ", "A", "' or 1=1 --", "\ud800", "../{0}", "x" * 1_000_000]
)
def test_a_forged_link_leads_nowhere(studies: Studies, made: Study, forged: str) -> None:
    (token, *_) = invited(studies, made)
    for wrong in (forged.format(token), token[:-1], token.swapcase()):
        with pytest.raises(JudgeLinkError, match="not valid"):
            studies.desk(wrong)


def test_the_stored_hash_is_no_link(studies: Studies, made: Study) -> None:
    invited(studies, made)
    with sqlite3.connect(studies.path) as connection:
        (stored,) = connection.execute("select token from study_judges").fetchone()
    with pytest.raises(JudgeLinkError):
        studies.desk(stored)


def test_a_revoked_link_is_dead_also_on_a_page_that_is_open(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    task = desk.tasks(1)[0]
    studies.save(desk, 1, task.id, "Calm.", 0)
    studies.revoke(made, 1)
    with pytest.raises(JudgeLinkError):
        studies.desk(token)
    with pytest.raises(JudgeLinkError):
        studies.save(desk, 1, task.id, "Wild.", 1)
    assert [one.value for one in studies.history(made)] == ["Calm."]
    assert studies.standing(made).judges[0].revoked


def test_a_lost_link_is_replaced_and_the_work_stays(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    studies.save(desk, 1, desk.tasks(1)[0].id, "Calm.", 0)
    new = studies.invite_again(made, 1).token
    with pytest.raises(JudgeLinkError):
        studies.desk(token)
    assert next(iter(studies.desk(new).given.values())).value == "Calm."


def test_who_gave_up_is_replaced_in_the_same_seat(studies: Studies, made: Study) -> None:
    invited(studies, made)
    studies.revoke(made, 3)
    (new,) = studies.invite(made, 1)
    assert (new.judge.number, new.judge.seat) == (5, 3)


def test_nobody_joins_when_stage_2_has_begun(studies: Studies, made: Study) -> None:
    stage_1(studies, invited(studies, made))
    with pytest.raises(StudyError, match="Stage 2"):
        studies.invite(made, 1)
    assert studies.invite(made, 1, model="openai:gpt")[0].token == ""


# --- judgements ----------------------------------------------------------------------------------


def test_a_judgement_can_be_changed_and_every_version_is_kept(
    studies: Studies, made: Study
) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    task = desk.tasks(1)[3]
    for version, text in enumerate(("Calm.", "Calm and kind.", "")):
        assert studies.save(desk, 1, task.id, text, version).version == version + 1
    assert studies.desk(token).given[task.id].value == ""
    history = studies.history(made)
    assert [(one.value, one.version, one.latest) for one in history] == [
        ("Calm.", 1, False),
        ("Calm and kind.", 2, False),
        ("", 3, True),
    ]
    assert {(one.place, one.scenario, one.method) for one in history} == {
        (4, task.scenario, task.method)
    }


def test_the_second_of_two_tabs_is_told_and_nothing_is_lost(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    desk, other = studies.desk(token), studies.desk(token)
    task = desk.tasks(1)[0].id
    studies.save(desk, 1, task, "From the first tab.", 0)
    with pytest.raises(JudgementStaleError, match="another tab") as told:
        studies.save(other, 1, task, "From the second tab.", 0)
    assert (told.value.value, told.value.version) == ("From the first tab.", 1)
    assert studies.desk(token).given[task].value == "From the first tab."
    studies.save(other, 1, task, "From the second tab.", told.value.version)
    assert [one.value for one in studies.history(made)] == [
        "From the first tab.",
        "From the second tab.",
    ]


def test_sending_the_same_again_is_harmless(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    task = desk.tasks(1)[0].id
    first = studies.save(desk, 1, task, "Calm.", 0)
    assert studies.save(desk, 1, task, "Calm.", 0) == first
    assert len(studies.history(made)) == 1


def test_many_tabs_at_once_take_each_version_once(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    task = studies.desk(token).tasks(1)[0].id

    def tab(number: int) -> bool:
        try:
            studies.save(studies.desk(token), 1, task, f"Tab {number}.", 0)
        except JudgementStaleError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(tab, range(24))) == 1
    assert len(studies.history(made)) == 1


@given(st.text(max_size=200))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_text_comes_back_letter_by_letter(studies: Studies, text: str) -> None:
    if not studies.list():
        studies.create(study())
        invited(studies, study())
    desk = studies.desk_of(study(), 1)
    task = desk.tasks(1)[0].id
    stands = desk.given.get(task)
    if "\0" in text:
        with pytest.raises(JudgementInvalidError):
            studies.save(desk, 1, task, text, stands.version if stands else 0)
        return
    kept = text if text.strip() else ""
    studies.save(desk, 1, task, text, stands.version if stands else 0)
    assert Studies(studies.path).desk_of(study(), 1).given[task].value == kept


@pytest.mark.parametrize("value", ["x" * 1_000_000, "half a \ud800 pair", 3, None, "a\0b"])
def test_what_is_no_text_is_refused_and_changes_nothing(
    studies: Studies, made: Study, value: object
) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    with pytest.raises(JudgementInvalidError):
        studies.save(desk, 1, desk.tasks(1)[0].id, value, 0)
    assert studies.history(made) == []


def test_a_task_of_another_judge_is_refused(studies: Studies, made: Study) -> None:
    first, second, *_ = invited(studies, made)
    theirs = studies.desk(second).tasks(1)[0].id
    for task in (theirs, "forged", ""):
        with pytest.raises(TaskNotFoundError):
            studies.save(studies.desk(first), 1, task, "Calm.", 0)
    assert studies.history(made) == []


def test_a_closed_study_takes_nothing_more_also_from_a_page_that_is_open(
    studies: Studies, made: Study
) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    studies.save(desk, 1, desk.tasks(1)[0].id, "Calm.", 0)
    studies.close(made)
    for stale in (desk, studies.desk(token)):
        with pytest.raises(StudyClosedError):
            studies.save(stale, 1, desk.tasks(1)[1].id, "Wild.", 0)
        with pytest.raises(StudyClosedError):
            studies.mark(stale, "consent")
    with pytest.raises(StudyClosedError):
        studies.invite(made, 1)
    assert len(studies.history(made)) == 1


# --- stages --------------------------------------------------------------------------------------


def test_a_stage_is_finished_when_all_its_tasks_are_done(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    desk = studies.desk(token)
    for task in desk.tasks(1)[1:]:
        studies.save(desk, 1, task.id, "Calm.", 0)
    with pytest.raises(StageNotOpenError, match="1 of the tasks"):
        studies.mark(desk, "finished-1")
    assert studies.desk(token).progress(1) == (14, 15)
    studies.save(desk, 1, desk.tasks(1)[0].id, "Calm.", 0)
    studies.mark(desk, "finished-1")
    studies.mark(desk, "finished-1")
    for stale in (desk, studies.desk(token)):
        with pytest.raises(StageNotOpenError, match="finished stage 1"):
            studies.save(stale, 1, desk.tasks(1)[0].id, "Wild.", 1)


def test_stage_2_shows_the_texts_of_stage_1_to_the_other_role(
    studies: Studies, made: Study
) -> None:
    tokens = invited(studies, made)
    blind, story = studies.desk(tokens[0]), studies.desk(tokens[2])
    assert blind.tasks(2) == []
    with pytest.raises(StageNotOpenError):
        studies.view(blind, 2, "anything")
    stage_1(studies, tokens)
    blind, story = studies.desk(tokens[0]), studies.desk(tokens[2])
    for task in blind.tasks(2):
        shown = studies.view(blind, 2, task.id)
        assert isinstance(shown, LikenessView)
        assert {text.split(" writes")[0] for text in shown.people} == {"Judge 3", "Judge 4"}
    for task in story.tasks(2):
        shown = studies.view(story, 2, task.id)
        assert isinstance(shown, FitView)
        assert shown.description.startswith(f"Judge {task.about} writes")


def test_a_whole_study_comes_to_its_points(studies: Studies, made: Study) -> None:
    tokens = invited(studies, made)
    stage_1(studies, tokens)
    for token in tokens:
        do(studies, studies.desk(token), 2, lambda t: 4.5 if t.method == "macm" else 2)
    found = score(made, studies.standing(made), studies.history(made), PEOPLE)
    assert {one.method: one.final for one in found} == {"prompt": 20, "rag": 20, "macm": 45}
    assert tuple(one.method for one in found) == COMPARED
    assert studies.marked(made).keys() == {
        (n, mark) for n in (1, 2, 3, 4) for mark in ("finished-1", "finished-2")
    }


def test_reading_time_adds_up_and_only_for_who_may_read(studies: Studies, made: Study) -> None:
    tokens = invited(studies, made)
    desk = studies.desk(tokens[2])
    studies.read_chapter(desk, 0, 30.5)
    studies.read_chapter(desk, 1, 10)
    studies.read_chapter(desk, 1, 1e9)
    assert studies.reading_seconds(made) == {3: 30.5 + 10 + 3600}
    with pytest.raises(StageNotOpenError):
        studies.read_chapter(studies.desk(tokens[0]), 0, 1)
    for chapter, seconds in ((2, 1.0), (-1, 1.0), (0, -1.0), (0, float("nan"))):
        with pytest.raises(StudyError):
            studies.read_chapter(desk, chapter, seconds)


# --- accidents -----------------------------------------------------------------------------------

_SAVER = """
import sys
from pathlib import Path
from simulacra.storage import Studies
studies = Studies(Path(sys.argv[1]))
number = 0
while True:
    desk = studies.desk(sys.argv[2])
    task = desk.tasks(1)[number % 15].id
    stands = desk.given.get(task)
    kept = studies.save(desk, 1, task, f"Text {number}", stands.version if stands else 0)
    print(f"{task} {kept.version} {kept.value}", flush=True)
    number += 1
"""


def test_a_process_killed_right_after_a_save_loses_nothing(studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    accepted: list[str] = []
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-c", _SAVER, str(studies.path), token],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        mine = [child.stdout.readline().strip() for _ in range(20)]
        os.kill(child.pid, signal.SIGKILL)
        accepted += mine + [line.strip() for line in child.stdout if line.endswith("\n")]
        child.stdout.close()
        child.wait()
    again = Studies(studies.path)
    stored = {f"{one.task} {one.version} {one.value}" for one in again.history(made)}
    assert len(accepted) >= 40
    assert stored >= set(accepted)
    assert sqlite3.connect(studies.path).execute("pragma integrity_check").fetchone() == ("ok",)


def test_every_save_is_flushed_to_the_disk(studies: Studies, made: Study) -> None:
    with studies.writing() as connection:
        assert connection.exec_driver_sql("pragma synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("pragma journal_mode").scalar_one() == "wal"


def test_many_judges_at_once_lose_no_judgement(studies: Studies) -> None:
    of = study(2)
    studies.create(of)
    tokens = invited(studies, of, 40)
    failed: list[BaseException] = []

    def work(token: str) -> None:
        try:
            desk: Desk = studies.desk(token)
            do(studies, desk, 1, lambda task: f"Text {task.place}.")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(studies.history(of)) == 20 * 6 + 20 * 2
    assert studies.standing(of).opened(PEOPLE)


def test_a_database_that_is_none_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(StorageError, match=r"s\.db"):
        Studies(path)
    assert path.read_bytes() == b"this is no database " * 100


def test_a_folder_that_may_not_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="SIMULACRA_DATA"):
        Studies(tmp_path / "file" / "s.db")
