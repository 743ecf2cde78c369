"""A person with a short questionnaire, and models that answer it by script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from simulacra.characters import (
    Character,
    CharacterSheet,
    Item,
    Occupation,
    Pools,
    Profile,
    Provenance,
    Questionnaire,
    Traits,
    write_character,
)
from simulacra.cognition import Method
from simulacra.evaluation import Interview, RunSheet, person, questions_for, sheet
from simulacra.evaluation.questions import Question
from simulacra.evaluation.records import Task, Way
from simulacra.inference import ChatModel, HashEmbedder, ScriptedCall
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.memory import MemoryRecord, Source, render_memories
from simulacra.settings import Settings

SLUG = "bo-lind"

STORY = """# Ferry

Bo steers the ferry across the sound and lost two fingers to a winch in 1998.

Bo keeps bees behind the boathouse and sells no honey, he gives it away.

# Winter

In the winter of 2004 Bo pulled a drowning elk onto the ice with the ferry's own rope.

Bo's sister Tyra paints boats and has not spoken with him since the funeral.
"""

CLOZE = Item(
    id="cloze-1",
    kind="cloze",
    question="How many fingers did the winch take?",
    answer=("two", "2"),
    evidence=(0,),
)
SINGLE = Item(
    id="single-1",
    kind="single",
    question="What did you pull onto the ice?",
    options=("An elk", "A horse", "A sledge", "A crate of fish"),
    answer=("An elk",),
    evidence=(2,),
)
MULTIPLE = Item(
    id="multiple-1",
    kind="multiple",
    question="What is true of your bees?",
    options=(
        "They live behind the boathouse",
        "I give their honey away",
        "I have never sold their honey",
        "They came from Finland",
        "Tyra looks after them",
        "They died in a storm",
    ),
    answer=(
        "They live behind the boathouse",
        "I give their honey away",
        "I have never sold their honey",
    ),
    evidence=(1,),
)
ITEMS = (CLOZE, SINGLE, MULTIPLE)


def bo(workspace: Path, items: tuple[Item, ...] = ITEMS) -> Character:
    """Write Bo into a workspace: a ferryman with memories, and a ranking from the shipped pools."""
    pools = Pools.load()
    ranking = ("Si", "Ti", "Se", "Fi", "Te", "Ni", "Ne", "Fe")
    drawn = (4, 3, 2, 1, 1, 2, 3, 4)
    descriptions = tuple(
        text
        for rank, (tendency, count) in enumerate(zip(ranking, drawn, strict=True))
        for text in pools.traits[tendency][rank][:count]
    )
    paragraphs = [line for line in STORY.split("\n\n") if not line.startswith("#")]
    memories = [
        MemoryRecord(
            id=f"story-{number:04d}",
            kind="story",
            content=text.strip(),
            summary=text.strip()[:60],
            source=Source(paragraphs=(number,)),
            created=datetime(2025, 6, 1, tzinfo=UTC),
            model="none",
        )
        for number, text in enumerate(paragraphs)
    ]
    return write_character(
        workspace / SLUG,
        sheet=CharacterSheet(
            as_of=date(2025, 6, 1),
            profile=Profile(
                name="Bo Lind",
                age=54,
                gender="male",
                date_of_birth=date(1971, 2, 3),
                occupation=Occupation(title="ferryman"),
                traits=Traits(ranking=ranking, descriptions=descriptions),
                hobbies=("bees",),
                family="low-income, one parent",
                education="primary school",
                short_term_goals=("mend the rail",),
                long_term_goal="hear from Tyra",
            ),
            provenance=Provenance(author="tests", licence="CC-BY-4.0", note="made for tests"),
        ),
        biography="Bo Lind steers a ferry.",
        story_text=STORY,
        questionnaire=Questionnaire(items=items),
        memories=render_memories(memories),
    )


def about(call: ScriptedCall) -> Item | None:
    """The item that a call is about."""
    return next((item for item in ITEMS if item.question in call.user), None)


def agents(
    say: Callable[[ScriptedCall], ScriptedAnswer] = lambda _: "I'd rather not say.",
    judge: Callable[[ScriptedCall], bool] = lambda _: True,
) -> Callable[[ScriptedCall], ScriptedAnswer]:
    """Play all inner agents; ``say`` answers in words and ``judge`` says whether it is true."""

    def play(call: ScriptedCall) -> ScriptedAnswer:
        match call.schema.__name__ if call.schema else "":
            case "ReflectAnswer":
                return {"elements": ["Bo"], "query": "Bo on the ferry"}
            case "FeelAnswer":
                return {"feeling": "calm", "intensity": 3, "text": "I am at ease."}
            case "Verdict":
                return {"answer": "yes" if judge(call) else "no", "sure": 9}
            case _:
                return "They are curious." if "Task: do not answer" in call.user else say(call)

    return play


def knows(call: ScriptedCall) -> str:
    """What a model says that knows all right options, whatever letters they stand under."""
    item = about(call)
    if item is None:
        return "Yes." if "yes or no" in call.user else "I'd rather not say."
    if item.kind == "cloze":
        return "Two of them."
    lines = call.user.splitlines()
    shown = [line for line in lines if line[1:3] == ". " and line[3:] in item.answer]
    return ", ".join(line[0] for line in shown)


async def interview(
    model: ChatModel, method: Method = "macm", way: Way = "free", seed: int = 0
) -> Interview:
    """Begin an interview with Bo, who must be in the workspace of the settings."""
    who = person(SLUG, method, model, settings=Settings.read(), embedder=HashEmbedder(), seed=seed)
    return await Interview.begin(who, way, seed)


def questions(character: Character, task: Task = "self_report") -> list[Question]:
    """The questions of a task, of the personality test a tenth."""
    return list(questions_for(task, character, share=0.1))


def run_sheet(
    character: Character, *, way: Way = "free", repeats: int = 3, seed: int = 0
) -> RunSheet:
    """How a run of the self report with Bo asks."""
    return sheet(
        {character.slug: questions(character)},
        [character],
        task="self_report",
        way=way,
        seed=seed,
        repeats=repeats,
        methods=["macm"],
        models=["scripted"],
    )
