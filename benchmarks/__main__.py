"""Run all benchmarks and print their tables; ``--write`` puts them into ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import sys
import traceback
from importlib import import_module

NAMES = (
    *("turn", "construction", "overhead", "retrieval", "embedded", "reflection"),
    *("pools", "sampling", "story", "serving", "judging", "pages"),
)


def main() -> int:
    """Return 1 if a limit is not met or a benchmark breaks, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)}")
    parser.add_argument("--write", action="store_true", help="update docs/benchmarks.md")
    given = parser.parse_args()
    names: list[str] = given.names or list(NAMES)
    if unknown := set(names) - set(NAMES):
        parser.error(f"no benchmark is called {sorted(unknown)[0]}; there are {', '.join(NAMES)}")
    failed, broken = 0, list[str]()
    for name in names:
        try:
            report = import_module(f"benchmarks.{name}").run()
        except Exception:
            traceback.print_exc()
            broken.append(name)
            continue
        report.show()
        failed += report.failures
        if given.write:
            report.write()
    if broken:
        print(f"Not measured, see the errors above: {', '.join(broken)}.")
    print(f"{failed} limits are not met." if failed else "No limit was missed.")
    return 1 if failed or broken else 0


if __name__ == "__main__":
    sys.exit(main())
