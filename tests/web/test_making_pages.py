"""Making a person on pages: what commands offer, through the same functions."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks.server import Server, simulated_provider
from benchmarks.traffic import Speed
from starlette.testclient import TestClient
from tests.api.served import HERE, application
from tests.web.lives_to_review import NORA, nora

from simulacra.biography.keeping import change_biography
from simulacra.characters import Character, read_character
from simulacra.errors import RevisionStaleError
from simulacra.inference import ChatModel, load_chat_model
from simulacra.settings import Settings


class Reader:
    """A browser without scripts: it brings back the token of the page that it has."""

    def __init__(self, http: TestClient) -> None:
        self.http = http
        self.get("/make")

    def get(self, address: str) -> str:
        answer = self.http.get(address)
        assert answer.status_code == 200, answer.text
        found = re.search(r'name="csrf" content="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer.text

    def post(self, address: str, status: int = 200, **fields: str) -> str:
        answer = self.http.post(address, data=fields | {"csrf": self.token})
        assert answer.status_code == status, answer.text
        return answer.text


@contextmanager
def reading(settings: Settings, model: ChatModel | None = None) -> Generator[Reader]:
    with TestClient(application(settings, model=model), base_url=HERE) as http:
        yield Reader(http)


def drawn(reader: Reader, **fields: str) -> str:
    reader.post("/make/draws", 200, **({"n": "12", "seed": "7"} | fields))
    found = re.search(r"/make/draws/([0-9a-f]{12})", reader.get("/make"))
    assert found
    return f"/make/draws/{found[1]}"


def test_from_a_draw_to_a_person(settings: Settings) -> None:
    with reading(settings) as reader:
        draw = drawn(reader, occupation="nurse")
        assert "12 candidates" in reader.get(draw)
        shown = reader.post(f"{draw}/propose", n="3")
        assert "the first chosen" in shown
        assert "0 of 3 accepted" in shown
        first, second, _ = re.findall(r'name="key" value="(\w+)"', shown)
        rejected = reader.post(f"{draw}/decide", choice="reject", key=first)
        assert first not in re.findall(r'name="key" value="(\w+)"', rejected)
        assert first in reader.post(f"{draw}/decide", choice="back")
        assert "1 of 3 accepted" in reader.post(f"{draw}/decide", choice="accept", key=second)
        reader.post(f"{draw}/people", author="Robin", licence="CC0")
    assert settings.workspace is not None
    (folder,) = settings.workspace.iterdir()
    character = read_character(folder)
    assert character.profile.occupation.title == "nurse"
    assert (character.sheet.provenance.author, character.sheet.provenance.licence) == (
        "Robin",
        "CC0",
    )


def test_what_makes_no_sense_is_said_in_place(settings: Settings) -> None:
    with reading(settings) as reader:
        wrong = reader.post("/make/draws", 400, n="3", occupation="wizard", age="12")
        assert "wizard" in wrong
        assert 'role="alert"' in wrong
        draw = drawn(reader, n="2")
        assert "Only" in reader.post(f"{draw}/propose", 400, n="9")
        (key, *_) = re.findall(rf"{draw}/(\w{{16}})", reader.get(draw))
        reader.post(f"{draw}/{key}/person", slug="twin")
        assert "exists already" in reader.post(f"{draw}/{key}/person", 409, slug="twin")
        assert "Only who is proposed" in reader.post(
            f"{draw}/{key}/edit", 400, attribute="age", text="50"
        )


def test_a_candidate_is_edited_and_a_conflict_is_named(settings: Settings) -> None:
    with reading(settings) as reader:
        draw = drawn(reader, occupation="nurse", n="3")
        shown = reader.post(f"{draw}/propose", n="1")
        (key,) = re.findall(r'name="key" value="(\w+)"', shown)
        edit = f"{draw}/{key}/edit"
        told = reader.post(edit, 400, attribute="age", text="18")
        assert "That makes a conflict" in told
        assert "<dd>18</dd>" in reader.post(edit, attribute="age", text="18", force="true")
        assert "by hand" in reader.get(draw)


def test_pools_with_faults_are_shown_with_their_places(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "pools"
    folder.mkdir()
    (folder / "hobbies.yaml").write_text("values: [{text: ''}]\n", encoding="utf-8")
    with reading(settings.model_copy(update={"pools": folder})) as reader:
        shown = reader.get("/make/pools")
        assert "hobbies.yaml" in shown
        assert "nothing can be drawn" in shown


def test_text_of_users_is_shown_as_text(settings: Settings) -> None:
    with reading(settings) as reader:
        told = reader.post("/make/draws", 400, n="1", gender="<script>alert(1)</script>", age="x")
        assert "<script>alert" not in told
        draw = drawn(reader, n="1", name="<b>Nell</b> Vance", hobbies="<img src=x>")
        shown = reader.get(draw)
        assert "<b>Nell" not in shown
        assert "&lt;b&gt;Nell&lt;/b&gt; Vance" in shown


def test_a_biography_that_changed_meanwhile_is_not_overwritten(settings: Settings) -> None:
    character = new(settings)
    before = character.biography
    with reading(settings) as reader:
        change_biography(character, "Another wrote this.", before)
        told = reader.post(
            f"/make/people/{NORA}/biography/text", 400, text="And this is mine.", before=before
        )
        assert "changed by somebody else" in told
        assert "And this is mine." in told  # nothing is lost
    with pytest.raises(RevisionStaleError):
        change_biography(character, "Late.", before)
    assert read_character(character.folder).biography == "Another wrote this.\n"
    assert (character.folder / "biography.old-1.md").read_text(encoding="utf-8") == before


def test_a_judge_and_a_writer_at_work(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, real_models: None
) -> None:
    with (
        provider(settings, monkeypatch, 0.01) as (server, model),
        reading(settings, model) as reader,
    ):
        draw = drawn(reader, n="3")
        reader.post(f"{draw}/judge")
        until(lambda: "being judged" not in reader.get(draw))
        assert len(server.calls()) >= 3
        assert re.search("plausibility [1-5] of 5|not judged|invites harm", reader.get(draw))
        (key, *_) = re.findall(rf"{draw}/(\w{{16}})", reader.get(draw))
        person = "/make/people/somebody"
        reader.post(f"{draw}/{key}/person", slug="somebody")
        reader.post(f"{person}/biography", attempts="1")
        until(lambda: "is being written" not in reader.get(person))
        shown = reader.get(person)
        assert "A biography waits for you" in shown  # it names none of the attributes
        assert "is not in the biography" in shown
        reader.post(f"{person}/biography/text", text="A life, in short.", draft="true")
        shown = reader.get(person)
        assert "A biography waits for you" not in shown
        assert "A life, in short." in shown
        reckoned = reader.post(f"{person}/story", iterations="2", reckon="true")
        assert "2 expansions until the next stop" in reckoned
        assert "has a biography already" in reader.post(f"{person}/biography", 409)


@contextmanager
def provider(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> Generator[tuple[Server, ChatModel]]:
    with simulated_provider() as server:
        server.set_speed(Speed(first_token=seconds, read=1e9, write=1e9))
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        yield server, load_chat_model("openai-chat:simulated", settings)


def new(settings: Settings) -> Character:
    assert settings.workspace is not None
    return nora(settings.workspace)


def test_a_life_is_written_over_an_end_of_the_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, real_models: None
) -> None:
    person = f"/make/people/{NORA}"
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "hash")
    settings = settings.model_copy(update={"embedder": "hash", "model": "openai-chat:simulated"})
    character = new(settings)
    (character.folder / "revisions.jsonl").unlink()
    (character.folder / "story.md").unlink()
    with provider(settings, monkeypatch, 0.15) as (server, model):
        with reading(settings, model) as reader:
            reader.post(f"{person}/story", iterations="4", review_every="4")
            assert "The life story is being written" in reader.get(person)
            until(lambda: len(server.calls()) > 3)
        calls = len(server.calls())
        server.set_speed(Speed(first_token=0.01, read=1e9, write=1e9))
        with reading(settings, model) as reader:
            shown = reader.get(person)
            assert "was interrupted" in shown
            found = re.search(r"/make/jobs/(\w+)/go-on", shown)
            assert found
            assert len(server.calls()) == calls  # nothing goes on unasked
            reader.post(f"/make/jobs/{found[1]}/go-on", back=person)
            until(lambda: "is being written" not in reader.get(person))
            assert "4 expansions" in reader.get(person)
            assert "wait for you" in reader.get(person)
            reader.post(f"{person}/memories")
            until(lambda: "paragraphs are remembered" in reader.get(person))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
