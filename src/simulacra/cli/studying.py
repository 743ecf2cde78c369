"""Studies made, and their judges invited and watched, at the terminal."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from simulacra.characters import Character, Journal, Workspace
from simulacra.cli import show
from simulacra.cognition import Method, Simulacrum
from simulacra.errors import CharacterError
from simulacra.evaluation import observer_answers, observer_judging, running
from simulacra.evaluation.asking import person
from simulacra.evaluation.keeping import keeping
from simulacra.evaluation.observer import PEOPLE, STAGES, Judge, Role, Study
from simulacra.evaluation.observer_answers import Answered, answer_all, choose_scenarios
from simulacra.evaluation.observer_desk import progress
from simulacra.evaluation.scenarios import Scenario, read_scenarios, shipped_scenarios
from simulacra.inference import ChatModel, load_chat_model
from simulacra.inference.catalog import DEFAULT_EMBEDDER
from simulacra.settings import Settings
from simulacra.storage import Invitation, Studies

DATABASE = "studies.db"
FORGETTABLE = (
    "These links are secret, and shown only now. Who has one judges as that judge: send each to "
    "one person, over a safe way."
)


@dataclass(frozen=True)
class Asked:
    """What a study is to be made of."""

    character: str
    methods: tuple[Method, ...]
    scenarios: int
    file: Path | None
    preset: str
    seed: int

    def chosen(self) -> tuple[Scenario, ...]:
        """The scenarios drawn by the seed."""
        every = read_scenarios(self.file) if self.file else shipped_scenarios()
        return choose_scenarios(every, self.scenarios, self.seed)


def stored(settings: Settings) -> Studies:
    """The studies of the user's data folder."""
    return Studies(settings.data / DATABASE)


async def create(asked: Asked, settings: Settings, judge_model: str | None, *, json: bool) -> None:
    """Have the responses made, store the study, and say its id."""
    scenarios = asked.chosen()
    character = Workspace.find(settings).get(asked.character)
    if not character.story_text.strip():
        raise CharacterError(
            f"{character.name} has no life story, which half of the judges are to know.",
            f"Write one first: simulacra story expand {character.slug}",
        )
    studies = stored(settings)
    model = load_chat_model(settings.model, settings)
    inner = load_chat_model(settings.agent_model, settings) if settings.agent_model else model
    print(f"{model.name}: {model.chosen_because}", file=sys.stderr)
    what = (asked, [one.text for one in scenarios], model.name, inner.name, settings.embedder)
    calls = settings.data / "studies" / f"{sha256(repr(what).encode()).hexdigest()[:16]}.jsonl"
    calls.parent.mkdir(exist_ok=True)
    with Journal.locked(calls) as journal:
        answered = await _answered(asked, scenarios, character, model, inner, journal, settings)
        study = _study(asked, scenarios, character, model, inner, settings, answered)
        traces = {(one.response.scenario, one.response.method): one.trace for one in answered}
        studies.create(study, traces)
        journal.delete()  # what it was kept for is in the study
    if judge_model:
        from simulacra.cli import piloting

        await piloting.judge_all(studies, study, judge_model, asked.seed, settings)
    _say_created(study, json=json)


async def _answered(
    asked: Asked,
    scenarios: Sequence[Scenario],
    character: Character,
    model: ChatModel,
    inner: ChatModel,
    journal: Journal,
    settings: Settings,
) -> list[Answered]:
    """The answers by every method; single calls are kept until all are there."""
    kept = keeping(model, journal)
    agents = kept if inner is model else keeping(inner, journal)
    people: dict[Method, Simulacrum] = {
        method: person(
            character.slug,
            method,
            kept,
            agents,
            settings=settings,
            preset=asked.preset,
            seed=asked.seed,
        )
        for method in asked.methods
    }
    return await _with_progress(people, scenarios, asked.seed)


def _study(
    asked: Asked,
    scenarios: tuple[Scenario, ...],
    character: Character,
    model: ChatModel,
    inner: ChatModel,
    settings: Settings,
    answered: Sequence[Answered],
) -> Study:
    templates = (*running.TEMPLATES, *observer_answers.TEMPLATES, *observer_judging.TEMPLATES)
    return Study(
        id=secrets.token_hex(4),
        created=datetime.now(UTC),
        character=character.slug,
        name=character.name,
        biography=character.biography,
        story=character.story_text,
        methods=asked.methods,
        scenarios=scenarios,
        responses=tuple(one.response for one in answered),
        model=model.name,
        agent_model=inner.name if "macm" in asked.methods else None,
        preset=asked.preset,
        embedder=settings.embedder or DEFAULT_EMBEDDER,
        seed=asked.seed,
        salt=secrets.token_hex(16),
        prompts={template.name: template.digest for template in templates},
        versions=running.versions(),
    )


async def _with_progress(
    people: dict[Method, Simulacrum], scenarios: Sequence[Scenario], seed: int
) -> list[Answered]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("responses  {task.fields[tokens]}"),
        Left(),
    )
    with Progress(*columns, console=show.console(stderr=True)) as bar:
        task = bar.add_task("Scenarios", total=len(people) * len(scenarios), tokens="")
        read = written = 0

        def report(answered: Answered) -> None:
            nonlocal read, written
            read += answered.usage.input_tokens
            written += answered.usage.output_tokens
            bar.update(task, advance=1, tokens=f"{read} tokens read, {written} written")

        return await answer_all(people, scenarios, seed, report)


def _say_created(study: Study, *, json: bool) -> None:
    unusable = [one for one in study.responses if one.parts is None]
    if json:
        show.emit(_as_json(study) | {"unusable": len(unusable)})
        return
    count = len(study.responses)
    print(f"Study {study.id}: {study.name}, {len(study.scenarios)} scenarios, {count} responses.")
    for one in unusable:
        print(f"Could not be used: {one.scenario} by {one.method} ({one.why}).")
    print(f"Invite judges: simulacra study invite {study.id}")


def _as_json(study: Study) -> dict[str, Any]:
    return {
        "id": study.id,
        "character": study.character,
        "model": study.model,
        "methods": list(study.methods),
        "scenarios": [scenario.id for scenario in study.scenarios],
        "seed": study.seed,
        "created": study.created,
    }


def invite(
    id_: str, count: int, role: Role | None, again: int | None, base_url: str, *, json: bool
) -> None:
    """Print one link a judge."""
    studies = stored(Settings.read())
    study = studies.get(id_)
    if again is not None:
        made = [studies.invite_again(study, again)]
    else:
        made = studies.invite(study, count, role=role)

    def link(one: Invitation) -> str:
        return f"{base_url.rstrip('/')}/j/{one.token}"

    if json:
        rows = [(one.judge, link(one)) for one in made]
        show.emit(
            [
                {"judge": judge.number, "seat": judge.seat, "role": judge.role, "link": url}
                for judge, url in rows
            ]
        )
        return
    print(FORGETTABLE, file=sys.stderr)
    for one in made:
        print(f"Judge {one.judge.number} ({one.judge.role}): {link(one)}")


def revoke(id_: str, number: int) -> None:
    """End a judge's part."""
    studies = stored(Settings.read())
    study = studies.get(id_)
    studies.revoke(study, number)
    print(f"Judge {number} of study {study.id} is revoked; the work is kept, and does not count.")
    print(f"Invite another: simulacra study invite {study.id} --judges 1")


def close(id_: str) -> None:
    """Take no more judgements."""
    studies = stored(Settings.read())
    study = studies.get(id_)
    studies.close(study)
    print(f"Study {study.id} is closed. See: simulacra study report {study.id}")


def status(id_: str | None, *, json: bool) -> None:
    """Show how far the judges of a study are, or all studies."""
    studies = stored(Settings.read())
    found = [studies.get(id_)] if id_ else studies.list()
    every = [_status(studies, study) for study in found]
    if json:
        show.emit(every[0] if id_ else every)
        return
    if not every:
        print("No study yet. Make one: simulacra study create --character mary-jones")
    for study, one in zip(found, every, strict=True):
        closed = ", closed" if one["closed"] else ""
        print(f"Study {study.id}: {study.name}, {study.model}, {', '.join(study.methods)}{closed}")
        if one["judges"]:
            show.table(
                ("judge", "role", "judged by", "stage 1", "stage 2", "story read"),
                [_judge_row(judge) for judge in one["judges"]],
            )
        else:
            print(f"Nobody is invited yet: simulacra study invite {study.id}")


def _status(studies: Studies, study: Study) -> dict[str, Any]:
    standing = studies.standing(study)
    reading = studies.reading_seconds(study)
    return _as_json(study) | {
        "closed": standing.closed,
        "unusable": sum(one.parts is None for one in study.responses),
        "stage_2_open": standing.opened(PEOPLE),
        "judges": [
            _judge_json(studies, study, judge) | {"story_read_seconds": reading.get(judge.number)}
            for judge in standing.judges
        ],
    }


def _judge_json(studies: Studies, study: Study, judge: Judge) -> dict[str, Any]:
    desk = studies.desk_of(study, judge.number)
    given = studies.given(desk)
    found: dict[str, Any] = {
        "judge": judge.number,
        "seat": judge.seat,
        "role": judge.role,
        "judged_by": "model" if judge.model else "person",
        "judge_model": judge.model,
        "revoked": judge.revoked,
        "consent": "consent" in desk.marks,
    }
    for stage in STAGES:
        done = progress(desk.tasks(stage), given)
        state = desk.standing.state(judge, stage)
        found[f"stage_{stage}"] = {"state": state, "done": done.done, "of": done.of}
    return found


def _judge_row(judge: dict[str, Any]) -> tuple[str, ...]:
    def stage(number: int) -> str:
        one = judge[f"stage_{number}"]
        if one["state"] == "waiting":
            return "waits"
        return f"{one['done']}/{one['of']}" + (" ✓" if one["state"] == "finished" else "")

    seconds = judge["story_read_seconds"]
    return (
        str(judge["judge"]) + (" (revoked)" if judge["revoked"] else ""),
        judge["role"],
        judge["judge_model"] or "person",
        *(stage(1), stage(2)),
        f"{seconds / 60:.0f} min" if seconds else "",
    )
