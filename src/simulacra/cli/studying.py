"""Studies made, and their judges invited and watched, at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from simulacra.cli import show
from simulacra.evaluation.observer import PEOPLE, Role, Study
from simulacra.evaluation.observer_answers import Answered
from simulacra.evaluation.observer_making import StudyPlan, make_study, written
from simulacra.inference import load_chat_model
from simulacra.settings import Settings
from simulacra.storage import Invitation, Studies, StudyStatus, study_status
from simulacra.storage.studies_status import JudgeStatus

FORGETTABLE = (
    "These links are secret, and shown only now. Who has one judges as that judge: send each to "
    "one person, over a safe way."
)


def stored(settings: Settings) -> Studies:
    """The studies of the user's data folder."""
    return Studies.kept_in(settings.data)


async def create(
    plan: StudyPlan, settings: Settings, judge_model: str | None, *, json: bool
) -> None:
    """Have the responses made, store the study, and say its id."""
    plan.chosen()
    written(plan.character, settings)
    studies = stored(settings)
    model = load_chat_model(settings.model, settings)
    inner = load_chat_model(settings.agent_model, settings) if settings.agent_model else model
    print(f"{model.name}: {model.chosen_because}", file=sys.stderr)
    with _progress(len(plan.methods) * plan.scenarios) as report:
        study = await make_study(plan, model, inner, settings, studies.create, report)
    if judge_model:
        from simulacra.cli import piloting

        await piloting.judge_all(studies, study, judge_model, plan.seed, settings)
    _say_created(study, json=json)


@contextmanager
def _progress(total: int) -> Generator[Callable[[Answered], None]]:
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
        task = bar.add_task("Scenarios", total=total, tokens="")
        read = written = 0

        def report(answered: Answered) -> None:
            nonlocal read, written
            read += answered.usage.input_tokens
            written += answered.usage.output_tokens
            bar.update(task, advance=1, tokens=f"{read} tokens read, {written} written")

        yield report


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
    every = [_status_json(study_status(studies, study)) for study in found]
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


def _status_json(status: StudyStatus) -> dict[str, Any]:
    return _as_json(status.study) | {
        "closed": status.standing.closed,
        "unusable": status.unusable,
        "stage_2_open": status.standing.opened(PEOPLE),
        "judges": [_judge_json(one) for one in status.judges],
    }


def _judge_json(one: JudgeStatus) -> dict[str, Any]:
    stages = {
        f"stage_{stage}": {"state": state, "done": progress.done, "of": progress.of}
        for stage, (state, progress) in one.stages.items()
    }
    return {
        "judge": one.judge.number,
        "seat": one.judge.seat,
        "role": one.judge.role,
        "judged_by": "model" if one.judge.model else "person",
        "judge_model": one.judge.model,
        "revoked": one.judge.revoked,
        "consent": one.consent,
        **stages,
        "story_read_seconds": one.seconds,
    }


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
