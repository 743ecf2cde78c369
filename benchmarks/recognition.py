"""What each part of recognition brings: a run's recorded judgements, chosen from in other ways.

    python -m benchmarks.recognition RUN

No model is asked: a run that was answered deliberately holds, for every option, the log odds of
yes, the same with nothing known, and how familiar the option is. Rows are rules, the one in use and
others that leave a part of it out; the criterion above which an option is chosen is fixed, or moves
with the options that stand together. Cells are points of single (10) and multiple choices (30),
means over characters. The last row knows how many options are right, as no rule may.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from simulacra.characters import Item
from simulacra.cognition.weighing import FOLLOWS, Weighed, recognized
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import AnswerRecord, Run
from simulacra.evaluation.scoring import score_item

Rule = Callable[[AnswerRecord, Mapping[str, Weighed]], Sequence[str]]


def main() -> None:
    """Print a table for each method of a run."""
    run = Run.read(Path(sys.argv[1]))
    records = [r for r in run.records if r.kind in ("single", "multiple") and r.judged]
    first = [record for record in records if record.same_as is None]
    for method in dict.fromkeys(record.method for record in first):
        mine = [record for record in first if record.method == method]
        print(f"\n| {method} | SC | MC | both |\n| --- | ---: | ---: | ---: |")
        for name, rule in RULES.items():
            if "familiarity" in name and not _remembers(mine):
                continue
            single, multiple = (_points(mine, kind, rule) for kind in ("single", "multiple"))
            print(f"| {name} | {single:.2f} | {multiple:.2f} | {single + multiple:.2f} |")


def _points(records: Sequence[AnswerRecord], kind: str, rule: Rule) -> float:
    """The mean over characters of the points of all items of a kind."""
    points: dict[str, float] = defaultdict(float)
    for record in records:
        if record.kind == kind:
            weighed = {j.option: Weighed(j.own, j.baseline, j.familiarity) for j in record.judged}
            chosen = tuple(rule(record, weighed))
            read = Reading(unparsed="several") if _two(kind, chosen) else Reading(chosen)
            points[record.character] += score_item(_item(record), read).points
    return fmean(points.values())


def _two(kind: str, chosen: Sequence[str]) -> bool:
    return kind == "single" and len(chosen) > 1


def _item(record: AnswerRecord) -> Item:
    return Item(
        id=record.item,
        kind="single" if record.kind == "single" else "multiple",
        question=record.item,  # the scene before it may have several lines
        options=record.options_shown,
        answer=record.expected,
    )


def _remembers(records: Sequence[AnswerRecord]) -> bool:
    return any(j.familiarity is not None for record in records for j in record.judged)


def _by(evidence: Callable[[Weighed], float], follows: float = FOLLOWS) -> Rule:
    """The rule in use, with other evidence; by a fixed criterion where it follows nothing."""

    def rule(record: AnswerRecord, weighed: Mapping[str, Weighed]) -> Sequence[str]:
        other = {
            option: w._replace(familiar=evidence(w) - (w.own - w.bare))
            for option, w in weighed.items()
        }
        return recognized(other, one_of=record.kind == "single", follows=follows)

    return rule


def _as_many_as_are_right(record: AnswerRecord, weighed: Mapping[str, Weighed]) -> Sequence[str]:
    by_evidence = sorted(weighed, key=lambda o: (-weighed[o].evidence, -weighed[o].own))
    return by_evidence[: len(record.expected)]


EVIDENCE: dict[str, Callable[[Weighed], float]] = {
    "log odds of yes": lambda w: w.own,
    "… less the same with nothing known (recollection)": lambda w: w.own - w.bare,
    "familiarity alone": lambda w: w.familiar or 0.0,
    "recollection and familiarity": lambda w: w.evidence,
}
RULES: dict[str, Rule] = {
    **{f"{name}, fixed criterion": _by(evidence, 0.0) for name, evidence in EVIDENCE.items()},
    **{f"{name}, moving criterion": _by(evidence) for name, evidence in EVIDENCE.items()},
    "as many as are right, by evidence": _as_many_as_are_right,
}


if __name__ == "__main__":
    main()
