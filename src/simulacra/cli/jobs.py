"""``simulacra jobs``: the long work that is done, under way or waiting; ``simulacra worker``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simulacra.jobs import Job, Progress, Step

app = typer.Typer(help="Long work: what is under way, what waits for you.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="the job's id, or its beginning")]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]


@app.command("list")
def list_jobs(
    json: Json = False,
    subject: Annotated[str | None, typer.Option(help="only this subject's")] = None,
) -> None:
    """List the jobs, the latest first."""
    import asyncio

    from simulacra.cli import show
    from simulacra.jobs import Jobs
    from simulacra.settings import Settings

    async def stored() -> list[Job]:
        async with Jobs.open(Settings.read()) as jobs:
            return await jobs.list()

    found = [job for job in asyncio.run(stored()) if subject in (None, job.subject)][::-1]
    if json:
        show.emit([_as_row(job) for job in found])
    elif found:
        shown = ("id", "kind", "subject", "state", "started", "steps", "calls", "tokens")
        show.table(shown, [_cells(job) for job in found])
    else:
        print("No job yet.")


@app.command("show")
def show_job(id: Id, json: Json = False) -> None:  # noqa: A002
    """Show a job, with its steps and how long each took."""
    import asyncio

    from simulacra.cli import show
    from simulacra.jobs import Jobs
    from simulacra.settings import Settings

    async def stored() -> tuple[Job, list[Step]]:
        async with Jobs.open(Settings.read()) as jobs:
            return await jobs.get(id), list(await jobs.steps(id))

    job, steps = asyncio.run(stored())
    if json:
        show.emit(_as_row(job) | {"step_list": [_step_row(step) for step in steps]})
        return
    print(f"{job.id}  {job.kind}, {job.subject}: {_said(job)}")
    print(f"begun {_when(job.started)}, {job.runs} run(s), {job.steps} steps finished")
    print(f"asked for: {job.request}")
    if job.error:
        print(f"failed: {job.error}\n        {job.mend or ''}".rstrip())
    cells = [
        (step.name, step.run, f"{step.seconds:.1f}", step.usage.calls, step.error or "")
        for step in steps
    ]
    if cells:
        show.table(("step", "run", "seconds", "calls", "error"), cells)


@app.command()
def cancel(id: Id, json: Json = False) -> None:  # noqa: A002
    """Give up a job; one that is running stops at its next step."""
    import asyncio

    from simulacra.cli import show
    from simulacra.jobs import Jobs
    from simulacra.settings import Settings

    async def cancelled() -> Job:
        async with Jobs.open(Settings.read()) as jobs:
            return await jobs.cancel(id)

    job = asyncio.run(cancelled())
    if json:
        show.emit(_as_row(job))
    else:
        print(f"Job {job.id} ({job.kind}, {job.subject}) is cancelled.")


def worker(
    watch: Annotated[bool, typer.Option(help="stay, and wait for more work")] = False,
    json: Json = False,
) -> None:
    """Do the queued and interrupted jobs, one after another, until none is left."""
    import asyncio

    from simulacra.cli import show
    from simulacra.jobs import Jobs, State, do_jobs
    from simulacra.settings import Settings

    begun: set[str] = set()
    ended: list[Job] = []

    def begin(progress: Progress) -> None:
        if not json and progress.job not in begun:
            print(f"Job {progress.job} …", flush=True)
        begun.add(progress.job)

    def end(job: Job, error: Exception | None) -> None:
        ended.append(job)
        if not json:
            print(f"Job {job.id} ({job.kind}, {job.subject}): {_said(job, error)}", flush=True)

    async def work() -> None:
        async with Jobs.open(Settings.read()) as jobs:
            await do_jobs(jobs, begin, end, watch=2.0 if watch else None)

    asyncio.run(work())
    if json:
        show.emit([_as_row(job) for job in ended])
    elif not ended:
        print("Nothing is left to do.")
    if any(job.state not in (State.FINISHED, State.WAITING) for job in ended):
        raise typer.Exit(1)


def _said(job: Job, error: Exception | None = None) -> str:
    if error is not None:
        return f"{job.state}: {error}"
    return "waiting for you" if job.state == "waiting" else str(job.state)


def _when(moment: Any) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else ""


def _cells(job: Job) -> tuple[object, ...]:
    used = job.usage
    tokens = used.input_tokens + used.output_tokens
    begun = _when(job.started)
    subject = job.subject.rstrip("/").rpartition("/")[2]  # a character's folder: its slug
    return (job.id, job.kind, subject, _said(job), begun, job.steps, used.calls, tokens)


def _as_row(job: Job) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(job) | {
        "state": str(job.state),
        "started": job.started.isoformat(),
        "ended": job.ended.isoformat() if job.ended else None,
    }


def _step_row(step: Step) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(step) | {"started": step.started.isoformat()}
