"""A study as a file for other programs: every judgement, and who judged."""

from __future__ import annotations

from json import dumps
from pathlib import Path

from simulacra.errors import StorageError, StudyError
from simulacra.evaluation.export import as_csv, write_parquet
from simulacra.evaluation.observer import Study
from simulacra.evaluation.observer_export import as_export, judgement_rows
from simulacra.storage.studies import Studies

ENDINGS = (".csv", ".parquet", ".json")


def write_export(studies: Studies, study: Study, to: Path) -> int:
    """Write every judgement into a file, as its ending says; return how many there are.

    Raises:
        StudyError: the ending is another, or nothing was judged yet, which only JSON can say.
        StorageError: the file can't be written.
    """
    standing, history = studies.standing(study), studies.history(study)
    rows = judgement_rows(study, standing, history, studies.reading_seconds(study))
    if not rows and to.suffix != ".json":
        raise StudyError(
            f"Nothing was judged in study {study.id} yet.",
            f"See: simulacra study status {study.id}",
        )
    if to.suffix == ".parquet":
        write_parquet(rows, to)
        return len(rows)
    if to.suffix == ".csv":
        text = as_csv(rows)
    else:
        times = {key: at.isoformat() for key, at in studies.marked(study).items()}
        every = as_export(study, standing, rows, times)
        text = dumps(every, ensure_ascii=False, indent=2) + "\n"
    try:
        to.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise StorageError(
            f"{to} can't be written: {error.strerror}.", "Choose another file."
        ) from error
    return len(rows)
