"""A model drafts a questionnaire; rules check it, and another model may say what it thinks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from painted import CHAPTERS, PARAGRAPHS, author, form, painter, sentence, shipped
from questioned import CLOZE, ITEMS, SINGLE, bo

from simulacra.biography import Story
from simulacra.biography.ledger import Event, Ledger, write_ledger
from simulacra.characters import Character, Item, ItemKind, Questionnaire, Workspace
from simulacra.characters.yaml_files import dump_yaml, read_yaml
from simulacra.errors import (
    CharacterError,
    CharacterExistsError,
    ModelError,
    ModelRejectedError,
    SimulacraError,
    StoryError,
)
from simulacra.evaluation.draft_asking import ClozeForm, MultipleForm, Place, SingleForm, plan
from simulacra.evaluation.draft_file import DRAFT, draft_path
from simulacra.evaluation.draft_reading import RefusedError, read_form
from simulacra.evaluation.drafting import Draft, draft
from simulacra.evaluation.item_opinions import opinions
from simulacra.evaluation.item_rules import check_file
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.settings import Settings

FIVE: Mapping[ItemKind, int] = {"cloze": 5, "single": 5, "multiple": 5}
STORY = Story(tuple(sentence(number) for number in range(4)))


def drafted(
    character: Character,
    model: ScriptedModel,
    counts: Mapping[ItemKind, int] = FIVE,
    **options: Any,
) -> Draft:
    return asyncio.run(draft(character, model, counts, character.folder / DRAFT, **options))


def text_of(character: Character) -> str:
    return (character.folder / DRAFT).read_text(encoding="utf-8")


@pytest.fixture
def who(tmp_path: Path) -> Character:
    return painter(tmp_path / "workspace")


# --- drafting ------------------------------------------------------------------------------------


def test_a_draft_has_the_items_asked_for_and_no_error(who: Character) -> None:
    made = drafted(who, ScriptedModel(author(), name="author"))
    written = read_yaml(who.folder / DRAFT, Questionnaire)
    assert written.items == made.items
    assert [item.id for item in written.items] == [
        f"{kind}-{n}" for kind in ("cloze", "single", "multiple") for n in range(1, 6)
    ]
    assert made.left_out == ()
    _, found = check_file(who, who.folder / DRAFT)
    assert found == []


def test_evidence_is_the_paragraph_that_was_quoted(who: Character) -> None:
    made = drafted(who, ScriptedModel(author()))
    for item in made.items:
        if item.kind == "cloze":
            assert [item.answer[0] in sentence(number) for number in item.evidence] == [True]
        else:
            assert len(item.evidence) == len(item.answer)


def test_the_draft_says_who_made_it_and_that_a_person_is_to_read_it(who: Character) -> None:
    drafted(who, ScriptedModel(author(), name="odd\u2028name\n- no: item"), seed=7)
    head = text_of(who).partition("schema_version")[0]
    assert "odd name - no: item made it on 20" in head
    assert "with seed 7" in head
    assert "A person is to read every item" in head
    assert all(line.startswith("#") for line in head.splitlines())


def test_right_options_have_no_place_of_their_own(who: Character) -> None:
    made = drafted(who, ScriptedModel(author()), {"single": 10})
    assert len({item.options.index(item.answer[0]) for item in made.items}) > 1


def test_a_refused_item_is_asked_for_again_with_the_reason(who: Character) -> None:
    def spoil(call: ScriptedCall, form: dict[str, object]) -> dict[str, object]:
        again = "Your last one can't be used" in call.user
        return form if again else form | {"quote": "Bo has never held a brush in his hand."}

    model = ScriptedModel(author(spoil))
    made = drafted(who, model, {"cloze": 2})
    assert len(made.items) == 2
    assert len(model.calls) == 4
    assert "does not stand in the passage" in model.calls[-1].user


def test_what_is_refused_twice_is_left_out_and_named(who: Character) -> None:
    def spoil(call: ScriptedCall, form: dict[str, object]) -> dict[str, object]:
        return form | {"quote": "Bo has no brush."} if "answers" in form else form

    model = ScriptedModel(author(spoil))
    made = drafted(who, model, {"cloze": 1, "single": 1})
    assert [item.id for item in made.items] == ["single-1"]
    assert [one.name.split(" (")[0] for one in made.left_out] == ["cloze 1"]
    assert "does not stand in the passage" in made.left_out[0].reason
    assert "# Left out: cloze 1" in text_of(who)
    assert len(model.calls) == 3


def test_a_form_that_is_never_filled_in_is_left_out(who: Character) -> None:
    model = ScriptedModel(lambda call: "No." if "four options" in call.user else form_of(call))
    made = drafted(who, model, {"cloze": 1, "single": 1})
    assert [item.kind for item in made.items] == ["cloze"]
    assert "no valid SingleForm" in made.left_out[0].reason


def form_of(call: ScriptedCall) -> dict[str, object]:
    return form(call.schema, call.user)


def test_where_nothing_is_left_no_file_is_written(who: Character) -> None:
    made = drafted(who, ScriptedModel(lambda _: "No."), {"cloze": 2})
    assert made.items == ()
    assert not list(who.folder.glob("*draft*"))
    assert not list(who.folder.glob(".*draft*"))


def test_the_same_question_is_taken_once(who: Character) -> None:
    one = {
        "question": "Who paid for the first skiff?",
        "answers": ["Bo"],
    }

    def same(call: ScriptedCall, form: dict[str, object]) -> dict[str, object]:
        return form | one

    made = drafted(who, ScriptedModel(author(same)), {"cloze": 3})
    assert len(made.items) == 1
    assert all("already" in left.reason for left in made.left_out)


def test_every_second_cloze_is_on_a_fact_of_the_ledger(who: Character) -> None:
    facts = tuple(Event(what=f"the thing {n} happens", paragraphs=(n,)) for n in range(9))
    write_ledger(who, Ledger(events=facts))
    model = ScriptedModel(author())
    made = drafted(who, model, {"cloze": 5})
    on_facts = [
        c.user for c in model.calls if "Ask for something in this fact: the thing" in c.user
    ]
    assert len(on_facts) == 2
    assert len(made.items) == 5
    assert {n for item in made.items for n in item.evidence} & set(range(9))


def test_calls_go_side_by_side_but_no_more_than_the_model_bears(who: Character) -> None:
    now, most = 0, 0

    async def slowly(call: ScriptedCall) -> dict[str, object]:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return form_of(call)

    drafted(who, ScriptedModel(slowly, concurrency=3))
    assert most == 3


def test_a_draft_goes_on_where_the_model_went_away_and_pays_for_nothing_twice(
    who: Character, tmp_path: Path
) -> None:
    def spoil(call: ScriptedCall, form: dict[str, object]) -> dict[str, object]:
        """Some need a second round, and two of these come to nothing."""
        seed = int(str(dict(call.settings)["seed"]))
        return form | {"question": "What?", "answers": ["Nobody"]} if seed % 3 == 0 else form

    other = painter(tmp_path / "other")
    undisturbed = ScriptedModel(author(spoil))
    drafted(other, undisturbed)
    paid: list[ScriptedCall] = []
    for _ in range(50):
        left = 2

        def breaking(call: ScriptedCall) -> dict[str, object]:
            nonlocal left
            left -= 1
            if left < 0:
                raise ModelRejectedError("Gone.", "")
            paid.append(call)
            return spoil(call, form_of(call))

        try:
            drafted(who, ScriptedModel(breaking, concurrency=1))
        except ModelError:
            continue
        break
    assert len(paid) == len(undisturbed.calls)
    assert read_yaml(who.folder / DRAFT, Questionnaire) == read_yaml(
        other.folder / DRAFT, Questionnaire
    )
    assert not list(who.folder.glob(".*journal"))


def test_an_end_in_the_middle_of_a_call_keeps_what_was_there(who: Character) -> None:
    model = ScriptedModel(author(), concurrency=1)

    async def cut() -> None:
        def stop(now: object) -> None:
            if len(model.calls) == 3:
                raise KeyboardInterrupt

        await draft(who, model, FIVE, who.folder / DRAFT, report=stop)

    with pytest.raises((KeyboardInterrupt, BaseExceptionGroup)):
        asyncio.run(cut())
    drafted(who, model)
    assert len(model.calls) == 15


# --- what is refused before anything is paid ------------------------------------------------------


def test_a_small_model_is_refused_and_not_asked(who: Character) -> None:
    model = ScriptedModel(author(), small=True)
    with pytest.raises(ModelRejectedError, match="too small"):
        drafted(who, model)
    assert model.calls == []


def test_a_draft_is_not_overwritten_without_force(who: Character) -> None:
    drafted(who, ScriptedModel(author()), {"cloze": 1})
    before = text_of(who)
    model = ScriptedModel(author())
    with pytest.raises(CharacterExistsError, match="exists already"):
        drafted(who, model, {"single": 1})
    assert (text_of(who), model.calls) == (before, [])
    drafted(who, model, {"single": 1}, force=True)
    assert "single-1" in text_of(who)


def test_force_never_drafts_over_another_file(who: Character) -> None:
    with pytest.raises(CharacterError, match="no questionnaire"):
        draft_path(who, who.folder / "story.md", force=True)
    with pytest.raises(CharacterError, match="a folder"):
        draft_path(who, who.folder, force=True)


def test_a_shipped_character_is_drafted_for_elsewhere(who: Character, tmp_path: Path) -> None:
    with pytest.raises(CharacterError, match="shipped"):
        draft_path(shipped(who), None, force=True)
    with pytest.raises(CharacterError, match="shipped"):
        draft_path(shipped(who), who.folder / "sub" / "draft.yaml", force=True)
    assert draft_path(shipped(who), tmp_path / "d.yaml", force=False) == tmp_path / "d.yaml"


def test_without_a_story_nothing_is_drafted(who: Character) -> None:
    (who.folder / "story.md").unlink()
    model = ScriptedModel(author())
    with pytest.raises(StoryError, match="no story"):
        drafted(Workspace(who.folder.parent).get(who.slug), model)
    assert model.calls == []


# --- places --------------------------------------------------------------------------------------


def test_passages_come_from_every_chapter_and_none_twice(who: Character) -> None:
    story = Story.parse(who.story_text)
    places = plan(story, None, FIVE, seed=3)
    assert {place.paragraphs[0] // PARAGRAPHS for place in places} == set(range(CHAPTERS))
    assert len({place.paragraphs for place in places}) == len(places) == 15


def test_the_seed_decides_the_passages(who: Character) -> None:
    story = Story.parse(who.story_text)
    assert plan(story, None, FIVE, seed=1) == plan(story, None, FIVE, seed=1)
    one, two = (plan(story, None, FIVE, seed=seed) for seed in (1, 2))
    assert [p.paragraphs for p in one] != [p.paragraphs for p in two]


@given(
    lengths=st.lists(st.integers(0, 9), max_size=5),
    lead=st.integers(0, 3),
    wanted=st.integers(1, 30),
)
def test_any_story_gives_as_many_passages_as_are_wanted(
    lengths: list[int], lead: int, wanted: int
) -> None:
    blocks = ["Once."] * lead
    for number, length in enumerate(lengths):
        blocks += [f"# {number}", *["Then."] * length]
    story = Story.parse("\n\n".join([*blocks, "End."]))
    places = plan(story, None, {"multiple": wanted}, seed=0)
    assert len(places) == wanted
    assert all(0 <= n < len(story.paragraphs) for place in places for n in place.paragraphs)


# --- forms ---------------------------------------------------------------------------------------

QUOTE = sentence(0)
NAME = QUOTE.split()[8]


def read(filled: ClozeForm | SingleForm | MultipleForm) -> Item:
    kinds: dict[type, ItemKind] = {ClozeForm: "cloze", SingleForm: "single"}
    place = Place(kinds.get(type(filled), "multiple"), 1, (0, 1, 2, 3), seed=0)
    return read_form(filled, place, STORY)


def proved(text: str = "I painted skiff number 100", quote: str = QUOTE) -> dict[str, str]:
    return {"text": text, "quote": quote}


def single(**changes: object) -> SingleForm:
    data: dict[str, object] = {
        "question": "What did you do as a young man?",
        "right": proved(),
        "wrong": ["I sold timber", "I broke a wrist", "I learned Danish"],
    }
    return SingleForm.model_validate(data | changes)


def cloze(**changes: object) -> ClozeForm:
    data: dict[str, object] = {"question": "Whose was it?", "answers": [NAME], "quote": QUOTE}
    return ClozeForm.model_validate(data | changes)


REFUSED: list[tuple[ClozeForm | SingleForm | MultipleForm, str]] = [
    (cloze(quote="Bo sings to himself at night."), "does not stand in the passage"),
    (cloze(quote=QUOTE.replace("Bo", "He")), "does not stand in the passage"),
    (cloze(quote="Bo painted"), "no whole sentence"),
    (cloze(answers=["Kaspar"]), "does not stand in the quote"),
    (cloze(answers=[NAME, "Kaspar"]), "'Kaspar' has no word of the quote"),
    (cloze(question=f"Was it {NAME} for whom?"), "holds its own answer"),
    (single(right=proved("A long and silent winter")), "too few words"),
    (single(wrong=["I sold timber", "I sold the timber", "I sang"]), "say the same"),
    (single(wrong=["i painted skiff number 100", "a", "b"]), "say the same"),
    (single(wrong=["Bo painted skiff number 101", "a b", "c d"]), "stands in paragraph 1"),
    (single(wrong=["Skiff 102 painted, Bo", "a b", "c d"]), "Paragraph 2 seems to tell"),
    (
        MultipleForm.model_validate(
            {
                "question": "Which three?",
                "right": [proved(), proved(), proved("For " + NAME)],
                "wrong": ["a b", "c d", "e f"],
            }
        ),
        "say the same",
    ),
]


@pytest.mark.parametrize(("filled", "reason"), REFUSED)
def test_rules_refuse(filled: ClozeForm | SingleForm | MultipleForm, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        read(filled)


def test_a_number_may_be_written_in_another_way() -> None:
    item = read(cloze(answers=["one hundred", "100"]))
    assert item.answer == ("one hundred", "100")


@given(st.lists(st.sampled_from([" ", "  ", "\n", "\t "]), min_size=12, max_size=12))
def test_a_quote_is_found_whatever_its_white_space(spaces: list[str]) -> None:
    words = QUOTE.split()
    spread = "".join(word + space for word, space in zip(words, [*spaces, ""], strict=False))
    assert read(cloze(quote=spread)).evidence == (0,)


# --- checking ------------------------------------------------------------------------------------


def check(tmp_path: Path, *items: Item) -> list[tuple[str, str]]:
    who = bo(tmp_path)
    file = tmp_path / "other.yaml"
    file.write_text(dump_yaml(Questionnaire(items=items)), encoding="utf-8")
    _, found = check_file(who, file)
    return [(one.level, one.message) for one in found]


CHECKED: list[tuple[Callable[[], tuple[Item, ...]], str, str]] = [
    (lambda: ITEMS, "warning", "3 items give 2+2+6 points, not 15 items 10+10+30"),
    (lambda: (SINGLE.model_copy(update={"evidence": (9,)}),), "error", "no paragraph 9"),
    (lambda: (SINGLE.model_copy(update={"evidence": ()}),), "warning", "1 items name no paragraph"),
    (
        lambda: (SINGLE.model_copy(update={"options": ("An elk", "Elk!", "A sledge", "A net")}),),
        "error",
        "two options say the same: 'An elk' and 'Elk!'",
    ),
    (
        lambda: (CLOZE, SINGLE.model_copy(update={"question": "Which two did you pull out?"})),
        "warning",
        "single-1: its question holds 'two', an accepted answer of cloze-1",
    ),
    (
        lambda: (CLOZE.model_copy(update={"question": "Was it two fingers?"}),),
        "warning",
        "holds its own answer 'two'",
    ),
    (
        lambda: (CLOZE.model_copy(update={"answer": ("nine",)}),),
        "warning",
        "no accepted answer is in its evidence",
    ),
    (
        lambda: (
            SINGLE.model_copy(
                update={
                    "question": "What did Bo do?",
                    "options": ("Pulled an elk", "Keeps his bees", "Sold a sledge", "Sang"),
                    "answer": ("Pulled an elk",),
                }
            ),
        ),
        "warning",
        "the words of 'Keeps his bees', which counts as wrong, stand in paragraph 1",
    ),
    (
        lambda: (SINGLE, SINGLE.model_copy(update={"id": "single-2"})),
        "warning",
        "single-2: it asks nearly the same as single-1",
    ),
]


@pytest.mark.parametrize(("items", "level", "words"), CHECKED)
def test_checking_finds(
    items: Callable[[], tuple[Item, ...]], level: str, words: str, tmp_path: Path
) -> None:
    found = check(tmp_path, *items())
    assert [one for one, message in found if words in message] == [level]


def test_a_distractor_that_is_told_nowhere_is_no_finding(tmp_path: Path) -> None:
    assert not [message for _, message in check(tmp_path, *ITEMS) if "counts as wrong" in message]


def test_a_file_with_a_wrong_key_is_an_error_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    text = dump_yaml(Questionnaire(items=(CLOZE, SINGLE)))
    file.write_text(text.replace("  answer:\n  - An elk", "  answer:\n  - A moose"))
    questionnaire, found = check_file(bo(tmp_path), file)
    assert questionnaire is None
    assert [(one.level, one.line) for one in found] == [
        ("error", text.split("\n").index("- id: single-1") + 1)
    ]
    assert "'A moose' is none of the options" in found[0].message


@pytest.mark.parametrize("name", ["mary-jones", "marsh-zhaleh"])
def test_shipped_questionnaires_have_no_error(name: str, settings: Settings) -> None:
    character = Workspace.find(settings).get(name)
    _, found = check_file(character, character.folder / "questionnaire.yaml")
    assert [one for one in found if one.level == "error"] == []


# --- a model's opinion ---------------------------------------------------------------------------


def opinion(tmp_path: Path, script: Callable[[ScriptedCall], Any]) -> list[str]:
    who = bo(tmp_path)
    assert who.questionnaire is not None
    found = asyncio.run(
        opinions(
            who,
            who.questionnaire,
            Story.parse(who.story_text),
            who.folder / "questionnaire.yaml",
            ScriptedModel(script, name="judge"),
        )
    )
    assert all(one.level == "warning" and one.mend.startswith("A model's opinion") for one in found)
    return [one.message for one in found]


def key(call: ScriptedCall) -> bool:
    return any(f"Answer: {right}\n" in call.user for item in ITEMS for right in item.answer)


def quote(call: ScriptedCall) -> str:
    return call.user.split("\n\n")[1]


def test_a_model_that_agrees_with_the_key_has_nothing_to_say(tmp_path: Path) -> None:
    right = {True: {"supported": True}, False: {"supported": False, "quote": ""}}
    assert opinion(tmp_path, lambda c: {"quote": quote(c), **right[key(c)]}) == []


def test_a_model_that_doubts_every_right_option_is_heard(tmp_path: Path) -> None:
    found = opinion(tmp_path, lambda _: {"supported": False, "quote": ""})
    assert len(found) == 5
    assert found[0].startswith("cloze-1: in the opinion of judge, paragraphs 0")


def test_a_wrong_option_counts_as_told_only_by_a_quotation_that_is_there(tmp_path: Path) -> None:
    told = opinion(tmp_path, lambda call: {"supported": True, "quote": quote(call)})
    assert len(told) == 6
    assert all("which counts as wrong, is told" in message for message in told)
    made_up = opinion(tmp_path / "2", lambda _: {"supported": True, "quote": "Bo can fly."})
    assert len(made_up) == 5
    assert all("what it quotes stands in none" in message for message in made_up)


def test_an_opinion_that_can_not_be_read_is_told_and_the_others_are_heard(tmp_path: Path) -> None:
    found = opinion(
        tmp_path,
        lambda c: (
            "Well." if "Answer: A horse" in c.user else {"supported": key(c), "quote": quote(c)}
        ),
    )
    assert len(found) == 1
    assert "nothing usable of 'A horse'" in found[0]


def test_a_model_that_goes_away_ends_the_opinions(tmp_path: Path) -> None:
    def gone(_: ScriptedCall) -> object:
        raise ModelRejectedError("Gone.", "")

    with pytest.raises(SimulacraError, match="Gone"):
        opinion(tmp_path, gone)
