"""Studies in the making: they go on in the server, whoever looks, and wherever they look from."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulacra.api.people import People
from simulacra.errors import SimulacraError
from simulacra.evaluation.observer_answers import Answered
from simulacra.evaluation.observer_making import StudyPlan, make_study
from simulacra.inference import Usage
from simulacra.storage import Studies

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Making:
    """One study that is being made, was made, or failed to be.

    ``done`` of ``total`` responses are there; ``study`` is its id in the end.
    """

    number: int
    plan: StudyPlan
    model: str
    agent_model: str | None
    name: str
    total: int
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    done: int = 0
    usage: Usage = field(default_factory=Usage)
    study: str = ""
    error: SimulacraError | None = None
    task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it is still being made."""
        return not self.study and self.error is None

    def heard(self, answered: Answered) -> None:
        """Count a response that has come."""
        self.done += 1
        self.usage += answered.usage


class Makings:
    """The studies that this server is making. The same plan is made once at a time."""

    def __init__(self, people: People, studies: Studies) -> None:
        self._people, self._studies = people, studies
        self._every: list[Making] = []

    @property
    def unfinished(self) -> list[Making]:
        """Those that run, and those that failed, the latest first."""
        return [one for one in reversed(self._every) if not one.study]

    def get(self, number: int) -> Making | None:
        """The making of a number."""
        return next((one for one in self._every if one.number == number), None)

    def begin(self, plan: StudyPlan, name: str, model: str, agent_model: str | None) -> Making:
        """Begin to make a study, or find it being made. One that failed is forgotten then."""
        for one in self._every:
            if one.running and (one.plan, one.model, one.agent_model) == (plan, model, agent_model):
                return one
        number = len(self._every) + 1
        total = plan.scenarios * len(plan.methods)
        made = Making(number, plan, model, agent_model, name, total)
        made.task = asyncio.create_task(self._make(made))
        self._every.append(made)
        return made

    async def stop(self) -> None:
        """Break off what runs: its finished answers are kept."""
        running = [one.task for one in self._every if one.task and not one.task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _make(self, one: Making) -> None:
        engines = self._people.engines
        try:
            model = await engines.model(one.model)
            inner = await engines.model(one.agent_model) if one.agent_model else model
            study = await make_study(
                one.plan, model, inner, self._people.settings, self._studies.create, one.heard
            )
            one.study = study.id
        except SimulacraError as error:
            one.error = error
        except Exception:
            _log.exception("A study could not be made")
            one.error = SimulacraError("Something went wrong here.", "The server's log has more.")
