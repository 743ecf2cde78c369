"""Pages of people, as a browser without scripts gets them."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.served import MARY, application, client
from tests.dataset.original_data import Original

from simulacra.biography.ledger.data import Event
from simulacra.characters import TENDENCIES, read_character, shipped_folder
from simulacra.dataset import export_character
from simulacra.settings import Settings
from simulacra.web.prose import prose
from simulacra.web.seeking import Search, Shown
from simulacra.web.tendencies import ranking_svg
from simulacra.web.timeline import timeline, written

HEAVIEST = 200_000


async def got(settings: Settings, *paths: str, **headers: str) -> list[httpx.Response]:
    async with client(application(settings), headers=headers) as http:
        return [await http.get(path) for path in paths]


async def seen(settings: Settings, path: str) -> str:
    answer = (await got(settings, path))[0]
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


async def sent(
    settings: Settings, name: str, data: bytes, **fields: str
) -> tuple[httpx.Response, Path]:
    """Send a file in the form of the page, and return the answer and the workspace."""
    async with client(application(settings)) as http:
        form = await http.get("/people")
        token = re.search(r'name="csrf" value="([^"]+)"', form.text)
        assert token
        answer = await http.post(
            "/people/import",
            data={"csrf": token[1], **fields},
            files={"file": (name, data, "application/octet-stream")},
        )
        assert settings.workspace
        return answer, settings.workspace


# --- everybody ----------------------------------------------------------------------------------


async def test_everybody_is_on_the_first_page(settings: Settings) -> None:
    answers = await got(settings, "/", "/people")
    assert answers[0].headers["location"] == "/people"
    for folder in shipped_folder().iterdir():
        if (folder / "character.yaml").exists():
            name = read_character(folder).name
            assert name in html.unescape(answers[1].text)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q=mary", True),
        ("q=FORESTRY", True),
        ("q=forestry+lunch", True),
        ("q=astronaut", False),
        ("gender=female&youngest=29&oldest=29", True),
        ("gender=male", False),
        ("youngest=30", False),
        ("oldest=28", False),
        ("occupation=Forestry+worker", True),
        ("tendency=Si", True),
        ("tendency=Ne", False),
        ("tendency=nonsense&youngest=x&oldest=", True),
    ],
)
async def test_the_address_says_who_is_looked_for(
    settings: Settings, query: str, there: bool
) -> None:
    text = await seen(settings, f"/people?{query}")
    assert (f'href="/people/{MARY}"' in text) is there


async def test_htmx_gets_an_address_that_can_be_shared(settings: Settings) -> None:
    query = "q=mary&gender=&occupation=&tendency=&youngest=&oldest="
    answer = (await got(settings, f"/people?{query}", **{"HX-Request": "true"}))[0]
    assert answer.headers["HX-Push-Url"] == "/people?q=mary"


@given(st.dictionaries(st.sampled_from(["q", "gender", "youngest", "tendency"]), st.text()))
def test_an_address_asks_the_same_when_it_is_opened_again(query: Mapping[str, str]) -> None:
    search = Search.read(query)
    assert Search.read(dict(httpx.URL(f"http://x{search.address}").params)) == search


async def test_nobody_fits_is_told_with_a_way_out(settings: Settings) -> None:
    text = await seen(settings, "/people?q=astronaut")
    assert "Nobody fits" in text
    assert 'href="/people"' in text


async def test_a_broken_folder_is_named_and_hides_nobody(settings: Settings) -> None:
    assert settings.workspace
    folder = settings.workspace / "broken"
    folder.mkdir(parents=True)
    (folder / "character.yaml").write_text("profile: <b>no</b>")
    answer = (await got(settings, "/people"))[0]
    assert "broken/character.yaml" in answer.text
    assert "<b>no</b>" not in answer.text
    assert "Mary Jones" in answer.text


# --- one person ---------------------------------------------------------------------------------


async def test_a_person_is_told_by_her_files(settings: Settings) -> None:
    mary, text = read_character(shipped_folder() / MARY), await seen(settings, f"/people/{MARY}")
    assert "14 March 1997, 29 on 1 October 2026" in text
    assert all(trait in text for trait in mary.profile.traits.descriptions)
    assert mary.profile.long_term_goal in text
    assert f'href="/people/{MARY}/talk"' in text
    assert f'href="/people/{MARY}/story#chapter-3">The Log' in text


async def test_answers_of_the_questionnaire_are_behind_a_disclosure(settings: Settings) -> None:
    text = await seen(settings, f"/people/{MARY}")
    before, _, inside = text.partition('<details class="spoilers">')
    questionnaire = read_character(shipped_folder() / MARY).questionnaire
    assert questionnaire
    for item in questionnaire.items:
        assert item.question not in before
        assert item.question in inside


async def test_the_story_has_every_paragraph_with_its_address(settings: Settings) -> None:
    text = await seen(settings, f"/people/{MARY}/story")
    assert [int(n) for n in re.findall(r'<p id="p(\d+)">', text)] == list(range(134))
    assert len(re.findall(r'<section id="chapter-\d+"', text)) == 13


async def test_a_story_cannot_bring_a_script(settings: Settings) -> None:
    assert settings.workspace
    folder = export_character(
        read_character(shipped_folder() / MARY), settings.workspace / "mary-jones"
    )
    story = folder / "story.md"
    story.write_text("# <script>x</script>\n\n<img src=x onerror=y> *<b>so</b>*\n")
    for name in ("", "/story"):
        answer = (await got(settings, f"/people/{MARY}{name}"))[0]
        assert answer.status_code == 200
        assert not re.search(r"<script>x|<img src=x|<b>so", answer.text)


async def test_the_timeline_has_the_dated_events_of_the_ledger_alone(settings: Settings) -> None:
    text = await seen(settings, "/people/erica-walker/timeline")
    assert "The letter of the Tauber scholarship comes" in text
    assert '<time datetime="2000-03-24">24 March 2000</time>' in text
    assert "/people/erica-walker/story#p30" in text


async def test_without_a_ledger_nothing_is_invented(settings: Settings) -> None:
    assert settings.workspace
    mary = read_character(shipped_folder() / MARY)
    (export_character(mary, settings.workspace / MARY) / "ledger.yaml").unlink(missing_ok=True)
    text = await seen(settings, f"/people/{MARY}/timeline")
    assert "<time" not in text
    assert f"simulacra story ledger {MARY} --edit" in text


async def test_memories_are_found_by_their_words(settings: Settings) -> None:
    text = await seen(settings, f"/people/{MARY}/memories?q=trout")
    first = text.partition('<article class="card memory"')[2].partition("</article>")[0]
    assert "cutthroat trout" in first
    assert "Thought" in first
    assert re.search(r'href="/people/mary-jones/story#p\d+"', first)
    assert "No memory has" in await seen(settings, f"/people/{MARY}/memories?q=xylophone")


async def test_all_memories_are_there_in_order(settings: Settings) -> None:
    text = await seen(settings, f"/people/{MARY}/memories")
    lines = (shipped_folder() / MARY / "memories.jsonl").read_text().splitlines()
    wanted = [json.loads(line)["id"] for line in lines]
    assert re.findall(r'<article class="card memory" id="([^"]+)"', text) == wanted


async def test_a_portrait_is_sent_once(settings: Settings) -> None:
    path = f"/people/{MARY}/portrait.svg"
    first = (await got(settings, path))[0]
    assert first.headers["content-type"] == "image/svg+xml"
    again = (await got(settings, path, **{"If-None-Match": first.headers["etag"]}))[0]
    assert (again.status_code, again.content) == (304, b"")
    assert (await got(settings, "/people/nobody/portrait.svg"))[0].status_code == 404


async def test_pages_of_a_person_are_light(settings: Settings) -> None:
    parts = ("", "/story", "/timeline", "/memories")
    for answer in await got(settings, "/people", *(f"/people/erica-walker{p}" for p in parts)):
        assert len(answer.content) < HEAVIEST, answer.url


# --- out and in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("archive", b"PK"),
        ("card", b"{"),
        ("card-v3", b"{"),
        ("picture", b"\x89PNG"),
        ("text", b"# Mary Jones"),
    ],
)
async def test_a_person_can_be_taken_along(settings: Settings, form: str, begins: bytes) -> None:
    answer = (await got(settings, f"/people/{MARY}/download/{form}"))[0]
    assert answer.content.startswith(begins)
    assert answer.headers["content-disposition"].startswith('attachment; filename="mary-jones.')


async def test_a_form_that_is_not_there_is_not_found(settings: Settings) -> None:
    assert (await got(settings, f"/people/{MARY}/download/exe"))[0].status_code == 404


@pytest.mark.parametrize(("form", "name"), [("archive", "m.zip"), ("picture", "M ary.PNG")])
async def test_what_was_taken_along_comes_in_again(
    settings: Settings, form: str, name: str
) -> None:
    data = (await got(settings, f"/people/{MARY}/download/{form}"))[0].content
    answer, workspace = await sent(settings, name, data)
    assert answer.status_code == 200
    assert "/people/mary-jones" in answer.text
    there, shipped = workspace / MARY / "story.md", shipped_folder() / MARY / "story.md"
    assert there.read_bytes() == shipped.read_bytes()
    again, _ = await sent(settings, name, data)
    assert again.status_code == 409
    assert "exists" in again.text
    replaced, _ = await sent(settings, name, data, replace="yes")
    assert replaced.status_code == 200


async def test_the_originals_layout_comes_in_packed(settings: Settings, tmp_path: Path) -> None:
    Original(tmp_path / "clone").add("ada", "Ada Frost")
    answer, workspace = await sent(settings, "set.zip", packed(tmp_path / "clone"))
    assert answer.status_code == 200, answer.text
    assert (workspace / "ada-frost" / "story.md").exists()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.exe", b"MZ", "neither a card nor an archive"),
        ("x.zip", b"no zip", "can&#39;t be read as a zip file"),
        ("x.json", b"[" * 100_000, "x.json can&#39;t be imported"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "x.png"),
        ("../../<b>.json", b"{}", "_b_.json"),
        ("big.json", b" " * (8 * 1024**2 + 1), "more than 8 MiB"),
    ],
)
async def test_what_can_not_come_in_is_told_in_its_place(
    settings: Settings, name: str, data: bytes, says: str
) -> None:
    answer, workspace = await sent(settings, name, data)
    assert answer.status_code == 400
    alert = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert says in alert
    assert "/tmp" not in alert
    assert not workspace.exists() or not list(workspace.iterdir())


async def test_what_is_far_too_large_is_not_read(settings: Settings) -> None:
    answer, _ = await sent(settings, "x.zip", b" " * (16 * 1024**2))
    assert answer.status_code == 413
    assert "16 MiB" in answer.text


async def test_without_the_token_of_the_page_nothing_comes_in(settings: Settings) -> None:
    async with client(application(settings)) as http:
        answer = await http.post("/people/import", files={"file": ("x.json", b"{}")})
    assert answer.status_code == 403


def packed(root: Path) -> bytes:
    """The data set as somebody packs its folder."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, Path("human-simulacra") / path.relative_to(root))
    return data.getvalue()


# --- the parts ----------------------------------------------------------------------------------


@given(st.permutations(TENDENCIES))
def test_the_picture_names_the_tendencies_in_their_order(ranking: list[str]) -> None:
    picture = str(ranking_svg(ranking))  # pyright: ignore[reportArgumentType]
    places = re.findall(r'class="place">(\d)</text><text[^>]*>([^<]+)<', picture)
    assert [int(place) for place, _ in places] == list(range(1, 9))
    assert len({name for _, name in places}) == 8
    assert re.findall(r'class="(strong|weak)"', picture) == ["strong"] * 4 + ["weak"] * 4
    assert "style=" not in picture


@given(st.text())
def test_prose_escapes_whatever_it_is(text: str) -> None:
    shown = re.sub(r"</?em>", "", str(prose(text)))
    assert "<" not in shown
    assert ">" not in shown


def test_prose_has_the_emphasis_that_was_meant() -> None:
    assert str(prose("the *Miss Darlene*, 2 * 3 * 4")) == "the <em>Miss Darlene</em>, 2 * 3 * 4"


@pytest.mark.parametrize(
    ("date", "words"), [("1997-03-04", "4 March 1997"), ("1997-03", "March 1997"), ("1997", "1997")]
)
def test_a_date_is_as_exact_as_it_is_known(date: str, words: str) -> None:
    assert written(date) == words


def test_events_without_a_date_are_in_no_timeline() -> None:
    events = [
        Event(what="later", date="2001-05"),
        Event(what="undated"),
        Event(what="earlier", date="1999"),
    ]
    assert [(d, [m.event.what for m in some]) for d, some in timeline(events)] == [
        ("1990s", ["earlier"]),
        ("2000s", ["later"]),
    ]


def test_a_card_shows_a_trait_in_her_own_words() -> None:
    mary = read_character(shipped_folder() / MARY, shipped=True)
    assert Shown.of(mary).line in mary.profile.traits.descriptions
