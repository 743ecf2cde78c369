"""The command line answers at once: what may be loaded when nothing was asked yet."""

import json
import subprocess
import sys

HEAVY = {
    "anthropic",
    "httpx",
    "httpx2",
    "numpy",
    "onnxruntime",
    "openai",
    "prompt_toolkit",
    "pydantic_ai",
    "rich",
    "sqlalchemy",
    "tokenizers",
    "xllamacpp",
    "yaml",
}


def loaded(code: str) -> set[str]:
    script = f"import sys, json\n{code}\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    return set(json.loads(out.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    modules = loaded(
        "sys.argv = ['simulacra', '--help']\n"
        "from simulacra.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass"
    )
    assert not modules.intersection(HEAVY)


def test_the_package_itself_loads_nothing_at_all() -> None:
    modules = loaded("import simulacra, simulacra.cognition, simulacra.inference, simulacra.memory")
    assert not modules.intersection({*HEAVY, "pydantic", "typer"})
