"""A server that is killed in the middle of saves: what it accepted is there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
from tests.evaluation.made_studies import study
from tests.web.judges_at_work import JSON, READY, invited, token_of

from simulacra.settings import Settings
from simulacra.storage import Studies

JUDGES = 4
AFTER = 20
"""Tasks of which something was accepted before the server is killed."""


@contextmanager
def served(settings: Settings) -> Generator[tuple[str, int]]:
    """``simulacra serve`` in a process of its own: its address, and its id."""
    environ = os.environ | {
        "SIMULACRA_DATA": str(settings.data),
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "OPENAI_API_KEY": "nobody",
    }
    command = [sys.executable, "-c", "from simulacra.cli import main; main()", "serve"]
    with subprocess.Popen(
        [*command, "--port", "0", "--model", "openai-chat:nobody"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"http://[\d.:]+", line):
                    break
            else:
                pytest.fail("the server did not start")
            yield found[0], process.pid
        finally:
            process.kill()


def test_what_was_accepted_is_there_after_kill_9(settings: Settings) -> None:
    studies, of = Studies.kept_in(settings.data), study(5)
    studies.create(of)
    tokens = invited(studies, of, JUDGES, *READY)
    tasks = {token: [t.id for t in studies.desk(token).tasks(1)] for token in tokens}
    accepted: dict[tuple[str, str], str] = {}
    enough = threading.Event()

    def judge(token: str) -> None:
        """Type and type, each change saved, until there is no server any more."""
        with httpx.Client(base_url=address, timeout=20, headers=JSON, trust_env=False) as http:
            csrf = token_of(http.get(f"/j/{token}").text)
            for version in range(10_000):
                for task in tasks[token]:
                    text = f"Version {version} by {token[:5]}."
                    form = {"csrf": csrf, "value": text, "version": str(version)}
                    try:
                        answer = http.post(f"/j/{token}/1/{task}", data=form)
                    except httpx.TransportError:
                        return
                    assert answer.status_code == 200
                    accepted[token, task] = text
                    if len(accepted) >= AFTER:
                        enough.set()

    with served(settings) as (address, pid):
        threads = [threading.Thread(target=judge, args=(token,)) for token in tokens]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        for thread in threads:
            thread.join(30)
    again = Studies.kept_in(settings.data)
    assert len(accepted) >= AFTER
    for (token, task), text in accepted.items():
        kept = {one.value for one in again.history(of) if one.task == task}
        assert text in kept, f"{task} of {token[:5]} was accepted and is gone"
        version = int(text.split()[1])
        assert again.desk(token).given[task].version >= version + 1
