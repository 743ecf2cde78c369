"""Runs the command line in a process of its own, as a user does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from pexpect import EOF
from pexpect.fdpexpect import fdspawn
from warm import Started, Warm


def filed(text: str) -> int:
    """A file without a name that holds this."""
    descriptor, name = tempfile.mkstemp()
    Path(name).unlink()
    os.write(descriptor, text.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


@dataclass
class Process:
    """A command that is talked to through pipes; its errors go to a file."""

    started: Started
    stdin: IO[str] | None
    stdout: IO[str]
    stderr: IO[str]

    def end(self) -> subprocess.CompletedProcess[str]:
        """Close its input and wait until it has ended; killed, its code is minus the signal."""
        with self.stdout, self.stderr:
            if self.stdin:
                self.stdin.close()
            said = self.stdout.read()
            code = self.started.wait()
            self.stderr.seek(0)
            return subprocess.CompletedProcess((), code, said, self.stderr.read())

    def kill(self, number: int = signal.SIGKILL) -> subprocess.CompletedProcess[str]:
        """Send it a signal that ends it, and wait until it has."""
        self.started.kill(number)
        return self.end()


class Child(Protocol):
    """What is used here of pexpect, which has no types."""

    before: str

    def expect(self, pattern: object) -> int: ...
    def send(self, text: str) -> int: ...
    def sendline(self, text: str) -> int: ...


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, started: Started, descriptor: int) -> None:
        spawn = cast("Callable[..., Child]", fdspawn)
        self.started = started
        self.child = spawn(descriptor, encoding="utf-8", timeout=60)

    def end(self) -> str:
        """Wait until it has ended well; what it said last."""
        self.child.expect(EOF)
        assert self.started.wait() == 0
        return self.child.before


@dataclass
class Simulacra:
    """Runs ``simulacra …`` with the simulated provider and folders of its own.

    Each command has a process of its own, forked from one that has its imports done.
    """

    folder: Path
    environ: dict[str, str]
    line: Warm

    def __call__(
        self, *arguments: str, stdin: str = "", code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        done = self.start(*arguments, stdin=stdin).end()
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def cold(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command that starts from nothing: its hashes have a seed of their own, too."""
        done = subprocess.run(
            [sys.executable, "-c", "from simulacra.cli import main; main()", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environ,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *arguments: str, stdin: str | None = "") -> Process:
        """Start a command that reads this, or where it is none, what it is told in a pipe."""
        (output, said), errors = os.pipe(), filed("")
        told, write = (filed(stdin), None) if stdin is not None else os.pipe()
        started = self.line.start(self.folder, self.environ, arguments, (told, said, errors))
        os.close(told)
        os.close(said)
        opened = (os.fdopen(one, encoding="utf-8") for one in (output, errors))
        return Process(started, os.fdopen(write, "w") if write is not None else None, *opened)

    def terminal(self, *arguments: str, columns: int = 80, **environ: str) -> Terminal:
        """Start a command at a terminal so wide."""
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (60, columns))
        environ = self.environ | {"TERM": "dumb"} | environ
        started = self.line.start(self.folder, environ, arguments, (theirs, theirs, theirs))
        os.close(theirs)
        return Terminal(started, ours)
