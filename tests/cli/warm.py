"""The command line with its imports done: a fork of it starts a command at once."""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

PRELOADED = (
    "anyio._backends._asyncio",
    "dbos",
    "dbos._sys_db_sqlite",
    "faker",
    "genai_prices.data",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "numpy",
    "openai.lib.streaming.chat",
    "openai.resources.chat.completions",
    "prompt_toolkit.shortcuts",
    "pyarrow.parquet",
    "pydantic_ai.models.function",
    "pydantic_ai.models.openai",
    "pydantic_ai.providers.openai_compatible",
    "rich.live",
    "rich.progress",
    "rich.table",
    "scipy.stats",
    "simulacra.biography.planning",
    "simulacra.biography.reckoning",
    "simulacra.characters.sampling",
    "simulacra.characters.selection",
    "simulacra.cli.app",
    "simulacra.cli.asking",
    "simulacra.cli.building",
    "simulacra.cli.conversation",
    "simulacra.cli.gridding",
    "simulacra.cli.growing",
    "simulacra.cli.piloting",
    "simulacra.cli.reporting",
    "simulacra.cli.screening",
    "simulacra.cli.serving",
    "simulacra.cli.study_reporting",
    "simulacra.cli.studying",
    "simulacra.cognition.simulacrum",
    "simulacra.dataset.check",
    "simulacra.dataset.exporting",
    "simulacra.dataset.original",
    "simulacra.dataset.verifying",
    "simulacra.inference.choice",
    "simulacra.inference.hashing",
    "simulacra.jobs.jobs",
    "simulacra.jobs.works",
    "simulacra.storage.sessions",
    "simulacra.storage.studies",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
    "uvicorn",
    "yaml",
)
SECONDS = 120


class Started:
    """A process that was started: its id, and its code once it has ended."""

    def __init__(self, told: socket.socket) -> None:
        told.settimeout(SECONDS)
        self._told = told.makefile("r", encoding="utf-8")
        self._socket = told
        self._code: int | None = None
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        """Its code, where it has ended; that of a killed one is minus the signal."""
        if self._code is None and select.select([self._socket], [], [], 0)[0]:
            self.wait()
        return self._code

    def wait(self) -> int:
        """Its code, as soon as it has ended."""
        if self._code is None:
            self._code = int(self._told.readline())
            self._told.close()
            self._socket.close()
        return self._code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal, where it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Warm:
    """Starts commands, each in a process of its own; several may run at once."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__],
                stdin=theirs.fileno(),
                env={k: v for k, v in os.environ.items() if not k.startswith("SIMULACRA_")},
            )

    def start(
        self,
        folder: Path,
        environ: Mapping[str, str],
        arguments: Sequence[str],
        streams: tuple[int, int, int],
    ) -> Started:
        """Start a command with these for input, output and errors; a terminal becomes its own."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._line, [b"."], [*streams, theirs.fileno()])
        asked = {"arguments": arguments, "folder": str(folder), "environ": dict(environ)}
        ours.sendall(json.dumps(asked).encode() + b"\n")
        return Started(ours)

    def close(self) -> None:
        """End it, and start nothing more."""
        self._line.close()
        self._process.wait()


def serve(line: socket.socket) -> bool:
    """Keep every process that is asked for; in such a process, true; at the end, false."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    while descriptors := socket.recv_fds(line, 1, 4)[1]:
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            line.close()
            keep(descriptors[:3], socket.socket(fileno=descriptors[3]))
            return True
        for descriptor in descriptors:
            os.close(descriptor)
    return False


def keep(streams: list[int], teller: socket.socket) -> None:
    """Start a process and tell its id and its code; return in that process alone."""
    with teller, teller.makefile("rw", encoding="utf-8") as told:
        asked = json.loads(told.readline())
        if pid := os.fork():
            for stream in streams:
                os.close(stream)
            print(pid, file=told, flush=True)
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=told, flush=True)
            os._exit(0)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if os.isatty(0):
        os.login_tty(0)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["simulacra", *asked["arguments"]]


def leave(code: int) -> None:
    """End without taking all modules apart, which takes longer than most commands."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


code = 0
if __name__ == "__main__":
    atexit.register(lambda: leave(code))  # the first registered is the last called
    gc.disable()
    for module in PRELOADED:
        import_module(module)
    assert threading.active_count() == 1, "a fork takes one thread along"
    gc.freeze()
    if serve(socket.socket(fileno=0)):
        gc.enable()
        code = 1
        try:
            import_module("simulacra.cli").main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
            raise
