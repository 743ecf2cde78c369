"""Long work to try jobs with; in a process of its own: ``python -c "import toys; toys.main()"``."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from simulacra.biography.steps import Steps
from simulacra.errors import ModelUnavailableError
from simulacra.inference import Answer, Usage
from simulacra.jobs import Jobs, Report, work
from simulacra.settings import Settings


def paid(file: str | Path) -> Counter[int]:
    """How often each step was really done, by what the steps wrote."""
    path = Path(file)
    return Counter(map(int, read(path).split())) if path.exists() else Counter()


def read(path: str | Path) -> str:
    return Path(path).read_text()


def pay(request: dict[str, Any], number: int) -> None:
    with Path(request["file"]).open("a") as file:
        file.write(f"{number}\n")


def mend(request: dict[str, Any]) -> None:
    Path(request["mended"]).touch()


def is_broken(request: dict[str, Any], number: int) -> bool:
    return number == request.get("bad") and not Path(request["mended"]).exists()


@work("append")
async def append(request: dict[str, Any], steps: Steps, report: Report) -> dict[str, Any]:
    """``n`` steps that each write their number into ``file`` and then take ``seconds``.

    Step ``bad`` fails for as long as the file ``mended`` is not there.
    """
    texts: list[str] = []
    for number in range(request["n"]):

        async def call(number: int = number) -> Answer[str]:
            pay(request, number)
            await asyncio.sleep(request.get("seconds", 0))
            if is_broken(request, number):
                raise ModelUnavailableError("The model is asleep.", "Wake it.")
            return Answer(f"text {number}", Usage(1, 10, 0, 5), 0.1)

        report("appending", finished=number, total=request["n"])
        texts.append((await steps(f"paragraph {number}", call)).value)
    return {"state": request.get("state", "done"), "texts": texts}


def main() -> None:
    """Run ``kind subject request`` from the command line, and print the result."""

    async def run() -> None:
        async with Jobs.open(Settings.read()) as jobs:
            print(json.dumps(await jobs.run(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))

    asyncio.run(run())
