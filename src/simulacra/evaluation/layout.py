"""How results are laid out: the paper's Table 2, how sure it is, comparisons, personality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulacra.cognition import METHODS, Method
from simulacra.evaluation.gathering import Cell, Who
from simulacra.evaluation.records import Run
from simulacra.evaluation.reference import PaperTable
from simulacra.evaluation.results import Contrast, Effort, Results, Score
from simulacra.evaluation.statistics import RESAMPLES, Interval
from simulacra.evaluation.table import Column, Table

_KINDS = ("Cloze", "SC", "MC", "Sum")
_WHO = (Column("model", number=False), Column("method", number=False))
_EFFORT = ("unparsed", "tokens in", "tokens out", "seconds", "US$")
_NONE = "–"

INTERVALS = (
    f"Intervals: 95 %, hierarchical bootstrap ({RESAMPLES} resamples; characters are drawn with "
    "replacement, and repeats within each); of one character they speak of its repeats alone."
)
COPIES = (
    "Choices were judged once for all repeats, which therefore do not differ in them: intervals "
    "speak of characters, and of the repeats of clozes."
)
CONTRASTS = (
    "Differences: points of a whole test, mean over repeats; interval by hierarchical bootstrap "
    f"({RESAMPLES} resamples; characters, and items within each). p: Wilcoxon's signed-rank test "
    "over items, two-sided, which takes items as independent; Holm's correction is over the table."
)


def tables(results: Results, paper: PaperTable | None = None, *, wide: bool = True) -> list[Table]:
    """All tables of one way of answering. If not ``wide``, Table 2 comes in two halves."""
    found: list[Table] = []
    if results.scores:
        halves = [METHODS] if wide else [METHODS[:2], METHODS[2:]]
        found += [table_2(results, paper, half) for half in halves]
        found += [by_character(results), intervals(results), efforts(results)]
    if results.contrasts:
        found.append(contrasts(results))
    if results.personality:
        found.append(personality(results))
    if results.unfinished:
        found.append(unfinished(results))
    return found


def table_2(
    results: Results, paper: PaperTable | None = None, methods: Sequence[Method] = METHODS
) -> Table:
    """Points by model and method, as in Table 2 of the paper, whose rows stand below if given."""
    cells = {Cell(score.who, score.method): score for score in results.scores}
    rows = [
        (str(who), *(cell for method in methods for cell in _points(cells, who, method)))
        for who in _whos(cells)
    ]
    for model, by_method in paper.models.items() if paper else ():
        reported = [by_method[method] for method in methods]
        numbers = [[f"{x:.2f}" for x in one] if one else [_NONE] * 4 for one in reported]
        rows.append((f"paper: {model}", *(cell for four in numbers for cell in four)))
    possible = {score.possible for score in results.scores}
    of = f" of {possible.pop():g}" if len(possible) == 1 else ""
    note = f"Rows marked 'paper': {paper.source}; free answers." if paper else ""
    return Table(
        title=f"Self report, {results.way} answers: points{of}",
        columns=(
            Column("model", number=False),
            *(Column(kind, group=method) for method in methods for kind in _KINDS),
        ),
        rows=tuple(rows),
        notes=(note,) if note else (),
    )


def _whos(cells: Mapping[Cell, Score]) -> list[Who]:
    """A row each: models, and models with other agents or presets where some method has such."""
    whos = dict.fromkeys(who for who, _ in cells)
    with_own = {who.model for who in whos if who != Who(who.model)}
    return [
        w for w in whos if w != Who(w.model) or w.model not in with_own or Cell(w, "macm") in cells
    ]


def _points(cells: Mapping[Cell, Score], who: Who, method: Method) -> tuple[str, ...]:
    """The four numbers of a method; without inner agents they are the same whoever those are."""
    score = cells.get(Cell(who, method)) or cells.get(Cell(Who(who.model), method))
    if score is None or (method == "macm" and score.who != who):
        return ("",) * len(_KINDS)
    return tuple(f"{p.mean:.2f}" for p in (score.cloze, score.single, score.multiple, score.total))


def by_character(results: Results) -> Table:
    """The points of each character, by model and method."""
    scores = {(str(score.who), score.method): score.characters for score in results.scores}
    models = dict.fromkeys(model for model, _ in scores)
    slugs = sorted({slug for points in scores.values() for slug in points})
    rows = [
        (model, slug, *(_mean(scores.get((model, method), {}).get(slug)) for method in METHODS))
        for model in models
        for slug in slugs
        if any(slug in scores.get((model, method), {}) for method in METHODS)
    ]
    return Table(
        title=f"Self report, {results.way} answers: points of each character",
        columns=(
            *(Column("model", number=False), Column("character", number=False)),
            *map(Column, METHODS),
        ),
        rows=tuple(rows),
        notes=("Means over repeats.",),
    )


def _mean(points: float | None) -> str:
    return "" if points is None else f"{points:.2f}"


def intervals(results: Results) -> Table:
    """How sure each score is."""
    rows = [
        (
            *(str(score.who), score.method),
            *map(span, (score.cloze, score.single, score.multiple, score.total)),
        )
        for score in results.scores
    ]
    return Table(
        title=f"Self report, {results.way} answers: 95 % intervals",
        columns=(*_WHO, *map(Column, _KINDS)),
        rows=tuple(rows),
        notes=(INTERVALS, *([COPIES] if results.way == "deliberate" else [])),
    )


def efforts(results: Results) -> Table:
    """What each score rests on, and what its answers took."""
    rows = [
        (
            *(str(score.who), score.method),
            *(str(len(score.characters)), str(score.sittings), str(score.effort.answers)),
            *_effort(score.effort),
        )
        for score in results.scores
    ]
    heads = ("characters", "sittings", "answers", *_EFFORT)
    return Table(
        title=f"Self report, {results.way} answers: answers and what they took",
        columns=(*_WHO, *map(Column, heads)),
        rows=tuple(rows),
        notes=(
            "A sitting is one character asked all items once. Tokens and seconds are means per "
            "answer; US$ is for all of them, where the price is known.",
        ),
    )


def contrasts(results: Results) -> Table:
    """Every two methods of a model on the same items."""
    rows = [_contrast(contrast) for contrast in results.contrasts]
    return Table(
        title=f"Self report, {results.way} answers: methods on the same items",
        columns=(
            *(Column("model", number=False), Column("methods", number=False)),
            *map(Column, ("characters", "items", "points more", "p", "p (Holm)")),
        ),
        rows=tuple(rows),
        notes=(CONTRASTS,),
    )


def _contrast(contrast: Contrast) -> tuple[str, ...]:
    difference = contrast.difference
    than = ", ".join(filter(None, (contrast.than, contrast.than_preset)))
    return (
        *(str(contrast.who), f"{contrast.method} − {than}"),
        *(str(contrast.characters), str(difference.pairs), span(difference.points, signed=True)),
        *(_p(difference.p), _p(contrast.p_holm)),
    )


def personality(results: Results) -> Table:
    """The personality test by model and method."""
    rows = [
        (
            *(str(one.who), one.method, str(len(one.characters)), str(one.sittings)),
            *(span(one.tau_b), span(one.tau_b_held_out), span(one.yes_share)),
            *(str(one.undefined), *_effort(one.effort)),
        )
        for one in results.personality
    ]
    return Table(
        title=f"Personality test, {results.way} answers: agreement with the assigned ranking",
        columns=(
            *_WHO,
            *map(Column, ("characters", "sittings", "τ-b", "τ-b held out", "share of yes")),
            *map(Column, ("undefined", *_EFFORT)),
        ),
        rows=tuple(rows),
        notes=(
            INTERVALS,
            "Held out: without the statements in the character's own prompt. Undefined: sittings "
            "without a ranking assigned, or with all tendencies tied; they are in no mean of τ-b.",
        ),
    )


def unfinished(results: Results) -> Table:
    """What is in no other table, since answers of it are missing."""
    rows = [
        (one.task.replace("_", " "), str(one.who), one.method, str(one.sittings))
        for one in results.unfinished
    ]
    return Table(
        title=f"Left out, {results.way} answers: sittings that are not finished",
        columns=(Column("task", number=False), *_WHO, Column("sittings")),
        rows=tuple(rows),
    )


def provenance(runs: Sequence[Run]) -> Table:
    """How the runs asked."""
    rows = [
        (
            *(run.folder.resolve().name, sheet.way, f"{sheet.created:%Y-%m-%d}"),
            *(str(sheet.seed), str(sheet.repeats), sheet.preset, sheet.embedder),
            ", ".join(f"{name} {version}" for name, version in sheet.versions.items()),
        )
        for run in runs
        for sheet in (run.sheet,)
    ]
    heads = ("run", "answers", "begun", "seed", "repeats", "preset", "embedder", "versions")
    return Table(
        title="Runs",
        columns=tuple(Column(head, number=head in ("seed", "repeats")) for head in heads),
        rows=tuple(rows),
        notes=tuple(dict.fromkeys(note for run in runs for note in run.sheet.notes)),
    )


def span(interval: Interval | None, *, signed: bool = False) -> str:
    """A mean with its interval: ``25.33 [20.00, 31.33]``."""
    if interval is None:
        return _NONE
    form = "{:+.2f}" if signed else "{:.2f}"
    mean = form.format(interval.mean)
    if interval.low is not None and interval.high is not None:
        mean += f" [{form.format(interval.low)}, {form.format(interval.high)}]"
    return mean.replace("-", "−")


def _effort(effort: Effort) -> tuple[str, ...]:
    dollars = _NONE if effort.dollars is None else f"{effort.dollars:.3f}"
    return (
        *(f"{effort.unparsed:.1%}", f"{effort.input_tokens:.0f}", f"{effort.output_tokens:.0f}"),
        *(f"{effort.seconds:.2f}", dollars),
    )


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
