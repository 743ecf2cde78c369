"""The screen where a person goes through the proposed candidates: accept, edit, reject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulacra.characters.assessment import Assessed
from simulacra.characters.attribute_pools import Pools
from simulacra.characters.attributes import new_conflicts, spoken, text_of, with_value
from simulacra.characters.candidate import Candidate
from simulacra.characters.fixing import ATTRIBUTES, attribute_called
from simulacra.characters.reviewing import Review, save
from simulacra.characters.selection import reasoned
from simulacra.cli.asking import ask, yes
from simulacra.cli.show import console, table
from simulacra.errors import CandidateError

KEYS = "a accept, e edit an attribute, r reject, s show all, b back, q quit and save"


@dataclass
class Screen:
    """One review at the terminal; each decision is saved at ``path`` before the next."""

    people: Sequence[Assessed]
    pools: Pools
    seed: int
    path: Path
    review: Review

    def run(self) -> bool:
        """Go through the undecided; whether all are decided at the end, not put off."""
        out = console()
        save(self.path, self.review)
        out.print(f"Keys: {KEYS}.", markup=False)
        while (key := self.review.next) is not None:
            self._show(key)
            if not self._decide(key):
                count = len(self.review.accepted)
                out.print(f"{count} of {self.review.n} accepted; saved in {self.path}.")
                return False
        return True

    def _decide(self, key: str) -> bool:
        """Take one decision; False to stop here."""
        while True:
            answer = ask(
                f"{len(self.review.accepted) + 1} of {len(self.review.proposed)}  [aersbq]"
            )
            match "q" if answer is None else answer.casefold()[:1]:
                case "a":
                    return self._save(self.review.accept(key))
                case "r":
                    new = self.review.reject(key, self.people, self.pools, self.seed)
                    if len(new.proposed) < len(self.review.proposed):
                        console().print("No candidate is left to take the place.")
                    return self._save(new)
                case "b":
                    if not self.review.steps:
                        console().print("This is the first decision.")
                        continue
                    return self._save(self.review.back())
                case "e":
                    if (changed := self._edited(key)) is not None:
                        return self._save(self.review.edit(key, changed))
                case "s":
                    self._show_all()
                case "q":
                    return False
                case _:
                    console().print(f"Keys: {KEYS}.", markup=False)

    def _save(self, review: Review) -> bool:
        save(self.path, review)
        self.review = review
        return True

    def _edited(self, key: str) -> Candidate | None:
        """The candidate with an attribute changed; ``None`` where it was left as it is."""
        candidate = self._who(key).candidate
        named = ask("Which attribute?")
        if not named:
            return None
        try:
            attribute = attribute_called(named)
            console().print(f"Now: {text_of(candidate.profile, attribute)}", markup=False)
            text = ask("New value (Enter leaves it):")
            if not text:
                return None
            changed = with_value(candidate, attribute, text, self.pools)
        except CandidateError as error:
            console().print(str(error), markup=False)
            return None
        wrong = new_conflicts(candidate.profile, changed, self.pools)
        for conflict in wrong:
            console().print(conflict.message, markup=False, style="yellow")
        return changed if not wrong or yes("Keep it all the same?", default=False) else None

    def _who(self, key: str) -> Assessed:
        return next(who for who in self.review.applied(self.people) if who.key == key)

    def _show(self, key: str) -> None:
        people = {who.key: who for who in self.review.applied(self.people)}
        chosen = reasoned([people[other] for other in self.review.proposed], self.pools)
        found = chosen[self.review.proposed.index(key)]
        show_candidate(found.who.candidate)
        show_assessment(found.who, found.reason)

    def _show_all(self) -> None:
        accepted = self.review.accepted
        people = {who.key: who for who in self.review.applied(self.people)}
        table(
            ("", "name", "age", "gender", "occupation", "leads"),
            [
                ("yes" if key in accepted else "", *row(people[key].candidate))
                for key in self.review.proposed
            ],
        )


def row(candidate: Candidate) -> tuple[str, ...]:
    """Name, age, gender, occupation and leading tendencies."""
    profile = candidate.profile
    leads = " ".join(profile.traits.ranking[:2])
    return (profile.name, str(profile.age), profile.gender, profile.occupation.title, leads)


def show_candidate(candidate: Candidate) -> None:
    """Show all eleven attributes."""
    out = console()
    out.print(f"\n{candidate.profile.name}", style="bold", markup=False)
    table(
        ("", ""),
        [(spoken(name), text_of(candidate.profile, name)) for name in ATTRIBUTES if name != "name"],
    )


def show_assessment(who: Assessed, reason: str) -> None:
    """Show why a candidate is proposed, what the judge says and what was refined."""
    out = console()
    out.print(f"Why: {reason}.", markup=False)
    for said in who.judgement.reasons if who.judgement else ():
        out.print(f"  {said}", markup=False)
    for change in who.changes:
        out.print(f"Refined: {change}", markup=False, style="cyan")
    for change in who.dropped:
        out.print(f"Not refined: {change}", markup=False, style="dim")
