"""The review desk over plain HTTP: what is decided, what is refused, and that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.api.served import HERE, application
from tests.web.lives_to_review import ADDED, NORA, nora

from simulacra.biography import Entry, StoryDesk, read_history
from simulacra.characters import Character, read_character
from simulacra.settings import Settings
from simulacra.web.differences import in_paragraphs, word_changes
from simulacra.web.sitting import Sitting

WORDS = st.text(st.sampled_from("ab ,.’-é\n"), max_size=30)


@given(WORDS, WORDS)
def test_differences_give_both_texts_back(before: str, after: str) -> None:
    pieces = word_changes(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


def test_only_the_words_that_changed_are_marked() -> None:
    pieces = word_changes("She kept bees, and a dog.", "She kept two goats, and a dog.")
    assert [(p.kind, p.text) for p in pieces] == [
        ("same", "She kept "),
        ("gone", "bees"),
        ("new", "two goats"),
        ("same", ", and a dog."),
    ]


def test_a_text_that_was_written_anew_is_shown_after_the_old_one() -> None:
    before, after = "One two three four five.", "Nothing of it was left, not a word."
    assert [p.kind for p in word_changes(before, after)] == ["gone", "new"]


def test_paragraphs_part_where_an_empty_line_does() -> None:
    pieces = word_changes("One.\n\nTwo.", "One.\n\nTwo and a half.\n\nThree.")
    texts = [
        "".join(p.text for p in paragraph if p.kind != "gone")
        for paragraph in in_paragraphs(pieces)
    ]
    assert texts == ["One.", "Two and a half.", "Three."]


@given(st.text())
def test_any_text_is_read_as_a_sitting(text: str) -> None:
    sitting = Sitting.read(text)
    assert Sitting.read(str(sitting)) == sitting


@pytest.fixture
def life(settings: Settings) -> Character:
    assert settings.workspace is not None
    return nora(settings.workspace)


@pytest.fixture
def http(settings: Settings, life: Character) -> Iterator[TestClient]:
    with TestClient(application(settings), base_url=HERE) as client:
        yield client


def decide(http: TestClient, id_: str, choice: str, seen: int, **fields: str) -> tuple[int, str]:
    found = re.search(r'name="csrf" content="([^"]+)"', http.get(f"/desk/{NORA}").text)
    assert found
    answer = http.post(
        f"/desk/{NORA}/{id_}/{choice}",
        data={"csrf": found[1], "seen": str(seen), **fields},
        headers={"HX-Request": "true"},
    )
    return answer.status_code, answer.text


def entry(life: Character, id_: str) -> Entry:
    return read_history(read_character(life.folder)).entry(id_)


def test_everybody_with_something_to_review_is_on_the_desk(http: TestClient) -> None:
    shown = http.get("/desk").text
    assert re.search(r"Nora Vale.*?>2<.*?>3<", shown, re.DOTALL)


def test_the_life_around_a_revision_is_shown(http: TestClient) -> None:
    shown = http.get(f"/desk/{NORA}", params={"id": "r0002"}).text
    assert "Against the rest of the life" in shown
    assert "Nora Vale was born on May 4, 1985" in shown  # the paragraph before, and the one quoted
    assert f"<ins> {ADDED[1]}</ins>" in shown
    assert "0.81" in shown


def test_a_rejection_says_why(http: TestClient, life: Character) -> None:
    status, shown = decide(http, "r0002", "reject", 0)
    assert status == 422
    assert "needs its reason" in shown
    assert entry(life, "r0002").status == "waiting"
    assert decide(http, "r0002", "reject", 0, why="six years old", by="Robin")[0] == 200
    last = entry(life, "r0002").decisions[-1]
    assert (last.decision, last.why, last.by.name) == ("rejected", "six years old", "Robin")


def test_who_looks_at_an_old_page_decides_nothing_and_loses_nothing(
    http: TestClient, life: Character
) -> None:
    assert decide(http, "r0001", "accept", 0, by="Robin")[0] == 200
    status, shown = decide(http, "r0001", "edit", 0, text="My whole hour’s work.")
    assert status == 409
    assert "r0001 was accepted by Robin meanwhile" in shown
    assert "My whole hour’s work." in shown
    assert entry(life, "r0001").after == entry(life, "r0001").revision.after
    assert "My whole hour’s work." in http.get(f"/desk/{NORA}", params={"id": "r0001"}).text


def test_many_at_once_decide_once(http: TestClient, life: Character) -> None:
    http.get(f"/desk/{NORA}")
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(decide, http, "r0002", "accept", 0) for _ in range(8)]
        answers = [answer.result()[0] for answer in sent]
    assert sorted(answers) == [200] + [409] * 7
    assert len(entry(life, "r0002").decisions) == 1


def test_decisions_beside_writing_are_all_in_the_story(http: TestClient, life: Character) -> None:
    ids = ("r0001", "r0002", "r0003", "r0004", "r0005")
    seen = (0, 0, 1, 1, 1)
    http.get(f"/desk/{NORA}")
    with ThreadPoolExecutor(5) as pool:
        answers = [
            pool.submit(decide, http, id_, "edit", count, text=f"{id_} anew.")
            for id_, count in zip(ids, seen, strict=True)
        ]
        assert [answer.result()[0] for answer in answers] == [200] * 5
    story = (life.folder / "story.md").read_text(encoding="utf-8")
    assert story == "\n\n".join(f"{id_} anew." for id_ in ids) + "\n"
    with StoryDesk.open(life) as desk:  # nothing looks as if it had been changed by hand
        assert sum(event.event == "began" for event in desk.history.events) == 1


def test_what_was_built_upon_is_named(http: TestClient, life: Character) -> None:
    with StoryDesk.open(life) as desk:
        old = desk.history.entry("r0003")
        new = old.revision.model_copy(
            update={"id": "r0009", "before": old.after, "after": ("Later.",), "flags": ()}
        )
        desk.propose(new)
        desk.accept("r0009", old.decisions[0].by)
    status, shown = decide(http, "r0003", "reject", 1, why="no")
    assert status == 422
    assert "was changed since by r0009" in shown


def test_a_decision_is_taken_back(http: TestClient, life: Character) -> None:
    before = (life.folder / "story.md").read_text(encoding="utf-8")
    decide(http, "r0001", "accept", 0)
    assert (life.folder / "story.md").read_text(encoding="utf-8") != before
    status, shown = decide(http, "r0001", "back", 1, decided="r0001:1")
    assert status == 200
    assert "r0001" in shown
    assert (life.folder / "story.md").read_text(encoding="utf-8") == before
    assert entry(life, "r0001").status == "waiting"


def test_text_of_models_and_users_is_shown_as_text(http: TestClient, life: Character) -> None:
    evil = "<script>alert(1)</script>"
    decide(http, "r0002", "reject", 0, why=evil, by=evil)
    decide(http, "r0001", "edit", 0, text=f"She said {evil}.")
    for address in (f"/desk/{NORA}?id=r0001", f"/desk/{NORA}/decisions", "/desk"):
        assert evil not in http.get(address).text


def test_shipped_people_and_foreign_forms_are_refused(http: TestClient) -> None:
    assert "is shipped with the program" in http.get("/desk/mary-jones").text
    answer = http.post(f"/desk/{NORA}/r0001/accept", data={"seen": "0"})
    assert answer.status_code == 403


def test_a_desk_without_scripts_goes_on_by_links(http: TestClient) -> None:
    found = re.search(r'name="csrf" content="([^"]+)"', http.get(f"/desk/{NORA}").text)
    assert found
    answer = http.post(f"/desk/{NORA}/r0005/accept", data={"csrf": found[1], "seen": "1"})
    assert answer.url.path == f"/desk/{NORA}"
    assert "2 of 5" in answer.text


def test_pages_are_light(http: TestClient) -> None:
    for address in ("/desk", f"/desk/{NORA}", "/make", f"/make/people/{NORA}", "/make/pools"):
        assert len(http.get(address).content) < 200_000
