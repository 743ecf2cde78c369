"""One error tree: every message says what happened, where, and what to do now."""

from __future__ import annotations

from typing import Any


class SimulacraError(Exception):
    """Anything that a user of Simulacra can meet and mend.

    ``what`` says what happened and where, ``mend`` what to do now. Errors survive pickling with
    both, so that they can cross processes.
    """

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what, mend)
        self.what = what
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.what} {self.mend}".strip()


class SettingsError(SimulacraError):
    """A setting in the environment, in ``simulacra.toml`` or in a flag makes no sense."""


class PromptError(SimulacraError):
    """A prompt template was filled with a variable missing or unknown: a defect of the program."""


# --- characters and their files ----------------------------------------------------------------


class CharacterError(SimulacraError):
    """Something is wrong with a character's folder or one of its files."""


class CharacterNotFoundError(CharacterError):
    """No character of that name is shipped or in the workspace."""


class CharacterExistsError(CharacterError):
    """A character of that slug is in the workspace already."""


class CharacterInvalidError(CharacterError):
    """A file of a character does not validate: the message names file, place and mend."""


class StoryError(SimulacraError):
    """A life story, one of its revisions or its history is not as the command needs it."""


class RevisionStaleError(StoryError):
    """Somebody else decided on a revision since it was looked at; nothing was changed."""


class CandidateError(CharacterError):
    """Candidates can't be drawn as asked: an unknown attribute, a contradiction, no value left."""


class ImportRejectedError(SimulacraError):
    """A source of characters can't be imported; the workspace is as it was."""


# --- models ------------------------------------------------------------------------------------


class ModelError(SimulacraError):
    """Something between us and a language model or embedder went wrong."""


class ModelUnavailableError(ModelError):
    """No answer: unknown name, missing package, refused connection, time-out, server error."""


class ModelRejectedError(ModelError):
    """The provider refused the request as it stands (400, 401, 403, 404): asking again is vain."""


class RateLimitedError(ModelError):
    """The provider says "too many requests" and still did after the retries."""


class AnswerError(ModelError):
    """The model answered, but not in a way that can be used. ``answer`` holds what came."""

    def __init__(self, what: str, mend: str = "", answer: str = "") -> None:
        super().__init__(what, mend)
        self.answer = answer

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.mend, self.answer)


class EmptyAnswerError(AnswerError):
    """The model answered with nothing but white space."""


class TruncatedAnswerError(AnswerError):
    """The answer was cut off at the token limit."""


class MalformedAnswerError(AnswerError):
    """The answer did not validate against its schema, not even when asked again."""


class WeightsError(ModelError):
    """Weights can't be fetched or used: no network, a full disk, a wrong sha256."""


# --- state ---------------------------------------------------------------------------------------


class StorageError(SimulacraError):
    """The database can't be read or written; what was stored before is untouched."""


class SessionNotFoundError(StorageError):
    """No session of that id is stored."""


# --- observer report -----------------------------------------------------------------------------


class StudyError(SimulacraError):
    """A study can't be made, or not be gone on with, as asked."""


class StudyNotFoundError(StudyError):
    """No study of that id is stored, or more than one."""


class StudyClosedError(StudyError):
    """The study was closed: nothing more is taken."""


class JudgeLinkError(StudyError):
    """A judge's link is unknown or was revoked. The message does not say which."""


class StageNotOpenError(StudyError):
    """A stage waits for its inputs, or is finished already."""


class TaskNotFoundError(StudyError):
    """The judge has no such task, or not at this stage."""


class JudgementInvalidError(StudyError):
    """A judgement is of the wrong kind, out of range, or too long."""


class JudgementStaleError(StudyError):
    """The judgement was changed elsewhere meanwhile, such as in another tab.

    ``value`` and ``version`` are the stored ones; what was to be saved is not.
    """

    def __init__(self, what: str, mend: str, value: str | float, version: int) -> None:
        super().__init__(what, mend)
        self.value = value
        self.version = version

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.mend, self.value, self.version)


# --- long work -----------------------------------------------------------------------------------


class JobError(SimulacraError):
    """Long work could not be begun, gone on with or kept."""


class JobNotFoundError(JobError):
    """No job of that id, or more than one, is stored."""


class JobBusyError(JobError):
    """Another process works on the same subject just now; the message names it."""


class JobCancelledError(JobError):
    """The job was cancelled while it ran; what it finished is kept."""


class JobStaleError(JobError):
    """The job was begun by another version of the program, which this one can't go on with."""
