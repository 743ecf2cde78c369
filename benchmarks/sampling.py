"""How fast candidates are drawn and chosen, whether they contradict themselves, what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.commands import Commands, Ran
from benchmarks.report import Report, Table, verdict
from simulacra.characters import Candidate, Conflict, Pools, conflicts, read_candidates
from simulacra.characters.isco import MAJOR_GROUPS

REPEATS = 5
FEW, MANY, SEED, CHOSEN = 100, 1000, 7, 11
LIMIT_SECONDS = 2.0
COMMONEST = 5


@dataclass(frozen=True)
class Drawn:
    """Candidates of one way of drawing, and the conflicts of each."""

    candidates: tuple[Candidate, ...]
    conflicts: tuple[tuple[Conflict, ...], ...]

    @classmethod
    def read(cls, file: Path, pools: Pools) -> Drawn:
        """Read a file of candidates and check each by the rules."""
        found = tuple(read_candidates(file))
        return cls(found, tuple(tuple(conflicts(c.profile, c.as_of, pools)) for c in found))

    @property
    def in_conflict(self) -> int:
        """How many candidates contradict themselves."""
        return sum(map(bool, self.conflicts))

    @property
    def kinds(self) -> Counter[str]:
        """How often which attributes don't go together."""
        return Counter(
            " and ".join(sorted(conflict.attributes)).replace("_", " ")
            for each in self.conflicts
            for conflict in each
        )

    @property
    def groups(self) -> Counter[str]:
        """How many candidates are in each of ISCO's major groups; ``""``: no code."""
        return major_groups([c.profile.occupation.isco or "" for c in self.candidates])


def major_groups(codes: Sequence[str]) -> Counter[str]:
    """Count ISCO codes by their first digit."""
    return Counter(code[:1] for code in codes)


def timed(runs: Mapping[str, Sequence[Ran]], limits: Mapping[str, float]) -> Table:
    """A row a command; a limit holds for the slowest run."""
    rows: list[tuple[str, ...]] = []
    for name, ran in runs.items():
        slowest = max(one.seconds for one in ran)
        limit = limits.get(name)
        rows.append(
            (
                name,
                f"{median(one.seconds for one in ran):.2f}",
                f"{slowest:.2f}",
                f"{median(one.processor for one in ran):.2f}",
                "" if limit is None else f"≤ {limit:.0f}",
                "" if limit is None else verdict(slowest <= limit),
            )
        )
    note = (
        f"The whole process, {REPEATS} times each. Drafts are drawn with `--drafts`: at random, "
        "contradictions and all, which `select` then mends where it can."
    )
    columns = (
        "seconds of a command",
        "median",
        "slowest",
        "processor, median",
        "limit, slowest",
        "",
    )
    return Table("Drawing and choosing", columns, tuple(rows), note)


def contradicted(plausible: Drawn, drafts: Drawn, *, same: bool) -> Table:
    """The conflicts of both ways of drawing, the most frequent kinds of the drafts below."""
    none = "0", verdict(not plausible.in_conflict)
    rows: list[tuple[str, ...]] = [
        ("drawn twice with one seed, the same", "yes" if same else "no", "", "yes", verdict(same)),
        ("candidates", f"{len(plausible.candidates):,}", f"{len(drafts.candidates):,}", "", ""),
        ("in conflict", f"{plausible.in_conflict}", f"{drafts.in_conflict}", *none),
        ("conflicts", f"{plausible.kinds.total()}", f"{drafts.kinds.total():,}", "", ""),
        *(
            (f"of these {kind}", f"{plausible.kinds[kind]}", f"{count}", "", "")
            for kind, count in drafts.kinds.most_common(COMMONEST)
        ),
    ]
    columns = ("", "plausible", "drafts", "limit, plausible", "")
    return Table("Contradictions", columns, tuple(rows), f"The {COMMONEST} most frequent of many.")


def occupied(pools: Pools, plausible: Drawn, drafts: Drawn) -> Table:
    """The share of each of ISCO's major groups in the pool and in what was drawn from it."""
    offered = major_groups([occupation.isco for occupation in pools.occupations])
    counted = offered, plausible.groups, drafts.groups
    names = MAJOR_GROUPS | ({"": "no code"} if any("" in groups for groups in counted) else {})
    rows = tuple(
        (
            f"{code} {name}".strip(),
            f"{offered[code]}",
            *(f"{groups[code] / groups.total():.1%}" for groups in counted),
        )
        for code, name in names.items()
    )
    columns = ("ISCO-08 major group", "occupations", "share of them", "plausible", "drafts")
    note = f"Shares of {len(plausible.candidates):,} candidates each, seed {SEED}."
    return Table("What they work as", columns, rows, note)


def measure(folder: Path) -> Report:
    """Draw and choose by the commands a user gives; read the files that they write."""
    commands, pools = Commands(folder), Pools.load(None)
    files: dict[tuple[int, bool], Path] = {}
    for count in (FEW, MANY):
        for drafts in (False, True):
            file = folder / f"{'drafts' if drafts else 'plausible'}-{count}.json"
            given = ["--drafts"] if drafts else []
            commands.run("characters", "sample", f"-n{count}", f"--seed={SEED}", *given,
                         "-o", str(file))  # fmt: skip
            files[count, drafts] = file
    runs: dict[str, list[Ran]] = {}
    for count in (FEW, MANY):
        line = f"characters sample -n {count} --seed {SEED}"
        runs[f"`{line}`"] = [commands.run(*line.split()) for _ in range(REPEATS)]
    for (count, drafts), file in files.items():
        line = f"characters select {file.name} -n {CHOSEN} --auto --no-model"
        name = f"`select -n {CHOSEN} --auto --no-model`, of {count:,}{' drafts' * drafts}"
        runs[name] = [commands.run(*line.split()) for _ in range(REPEATS)]
    first, *others = runs[few := next(iter(runs))]
    plausible, drafted = (Drawn.read(files[MANY, drafts], pools) for drafts in (False, True))
    return Report(
        "sampling",
        (
            timed(runs, {few: LIMIT_SECONDS}),
            contradicted(plausible, drafted, same=all(first.out == other.out for other in others)),
            occupied(pools, plausible, drafted),
        ),
    )


def run() -> Report:
    """Measure in an empty workspace."""
    with TemporaryDirectory(prefix="simulacra-bench-") as folder:
        return measure(Path(folder))


if __name__ == "__main__":
    run().show()
