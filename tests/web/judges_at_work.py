"""Judges who come by HTTP: links, tokens of pages, and studies that have got somewhere."""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.api.served import HERE
from tests.evaluation.made_studies import do

from simulacra.evaluation.observer import Mark, Stage, Study, Task
from simulacra.storage import Studies

READY: tuple[Mark, ...] = ("consent", "practice-1", "practice-2")
JSON = {"accept": "application/json"}


@cache
def portal() -> BlockingPortal:
    """One loop for all visitors: a client by itself begins and ends one at every request."""
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(start_blocking_portal())


@dataclass
class Visitor:
    """Somebody with a browser; every answer has the page's status and words."""

    http: TestClient
    at: str = ""

    @classmethod
    def of(cls, app: FastAPI, token: str = "", **headers: str) -> Visitor:
        """A new browser, at a judge's link if there is a token."""
        http = TestClient(app, base_url=HERE, follow_redirects=False, headers=headers)
        http.portal = portal()
        return cls(http, f"/j/{token}" if token else "")

    def get(self, path: str = "", status: int = 200) -> str:
        """Open a page of the visitor's own."""
        answer = self.http.get(self.at + path)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.text

    def csrf(self) -> str:
        """The token that any page gives to this browser."""
        return token_of(self.http.get("/j/nobody" if self.at else "/sign-in").text)

    def post(
        self,
        path: str = "",
        data: dict[str, Any] | None = None,
        status: int = 303,
        script: bool = False,
    ) -> Any:
        """Send a form; what a page's script sends is answered in JSON."""
        answer = self.http.post(
            self.at + path,
            data={"csrf": self.csrf()} | (data or {}),
            headers=JSON if script else {},
        )
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if script else answer


def token_of(page: str) -> str:
    """The token against forged forms in a page."""
    found = re.search(r'name="csrf" content="([^"]+)"', page)
    assert found
    return found[1]


def invited(studies: Studies, study: Study, count: int = 4, *marks: Mark) -> list[str]:
    """Links of new judges, who all have done these things."""
    tokens = [one.token for one in studies.invite(study, count)]
    for token in tokens:
        for mark in marks:
            studies.mark(studies.desk(token), mark)
    return tokens


def words(number: int, task: Task) -> str:
    """What a judge writes: to be told from all others, and saying nothing of who wrote it."""
    return f"{'Abcdefgh'[number]}{'xyzuvw'[task.place % 6]}{task.place} feels calm."


def finish(studies: Studies, tokens: Iterable[str], stage: Stage) -> None:
    """Have judges do a whole stage."""
    for token in tokens:
        number = studies.desk(token).judge.number
        do(
            studies,
            studies.desk(token),
            stage,
            lambda t, n=number: words(n, t) if stage == 1 else (t.place + n) % 11 / 2,
        )
