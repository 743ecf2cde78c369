"""How far a study is: every judge, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

from simulacra.evaluation.observer import STAGES, Judge, Stage, Study
from simulacra.evaluation.observer_desk import Progress, StageState, Standing
from simulacra.storage.studies import Studies
from simulacra.storage.studies_judging import Desk


@dataclass(frozen=True)
class JudgeStatus:
    """One judge: what is done of each stage, and for how many seconds the life story was read.

    ``seconds`` is ``None`` where nothing was read.
    """

    judge: Judge
    consent: bool
    stages: dict[Stage, tuple[StageState, Progress]]
    seconds: float | None


@dataclass(frozen=True)
class StudyStatus:
    """A study with its judges, by number."""

    study: Study
    standing: Standing
    judges: tuple[JudgeStatus, ...]

    @property
    def unusable(self) -> int:
        """How many responses could not be used."""
        return sum(one.parts is None for one in self.study.responses)


def study_status(studies: Studies, study: Study) -> StudyStatus:
    """How far everybody is."""
    standing, reading = studies.standing(study), studies.reading_seconds(study)
    given = studies.given_by_judge(study)

    def of(judge: Judge) -> JudgeStatus:
        desk = Desk(study, judge, standing, given.get(judge.number, {}))
        return JudgeStatus(
            judge=judge,
            consent="consent" in desk.marks,
            stages={
                stage: (standing.state(judge, stage), desk.progress(stage)) for stage in STAGES
            },
            seconds=reading.get(judge.number),
        )

    return StudyStatus(study, standing, tuple(map(of, standing.judges)))
