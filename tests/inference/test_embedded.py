from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from simulacra.cli.models import app
from simulacra.errors import ModelRejectedError, WeightsError
from simulacra.inference import Prompt, Sampling, embedded, load_chat_model, load_embedder
from simulacra.settings import Settings

SMALL = "embedded:smollm2-135m"
SYSTEM = "You are Mary, who works in the forest. " * 12


@pytest.mark.weights
@pytest.mark.xdist_group("weights")
@pytest.mark.usefixtures("real_models")
class TestWithWeights:
    async def test_the_small_model_writes_and_its_prefix_is_cached(
        self, settings: Settings
    ) -> None:
        model = load_chat_model(SMALL, settings)
        short = Sampling(max_tokens=30, stop=(".", "\n", ","), seed=1)
        await model.write(Prompt(SYSTEM, "Say hello."), short)
        answer = await model.write(Prompt(SYSTEM, "Say hello again."), short)
        assert answer.usage.cached_tokens > 100
        assert answer.usage.input_tokens > answer.usage.cached_tokens
        assert model.small

    async def test_a_prompt_that_is_too_long_is_refused(self, settings: Settings) -> None:
        with pytest.raises(ModelRejectedError, match="longer than"):
            await load_chat_model(SMALL, settings).write(Prompt("", "tree " * 5000), Sampling())

    def test_a_child_process_shares_the_server(self, settings: Settings) -> None:
        load_chat_model(SMALL, settings)
        code = (
            "from simulacra.inference import load_chat_model, embedded;"
            "from simulacra.settings import Settings;"
            f"load_chat_model('{SMALL}', Settings.read()); print(len(embedded._servers))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (done.stdout.strip(), done.stderr) == ("0", "")

    async def test_minilm_embeds_by_meaning_and_alike_in_any_company(
        self, settings: Settings
    ) -> None:
        embedder = load_embedder(None, settings)
        texts = ["A man walks his dog in the woods.", "Somebody is in a forest with a dog.", "Tax."]
        rows = await embedder.embed([*texts, "tree " * 600, ""])
        assert rows.shape == (5, 384) == (5, embedder.dimensions)
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        assert rows[0] @ rows[1] > 0.5 > 0.3 > rows[0] @ rows[2]
        alone = await embedder.embed([texts[0]])
        assert alone[0] @ rows[0] > 0.9999
        assert (await embedder.embed([])).shape == (0, 384)

    def test_check_asks_for_real(self) -> None:
        done = CliRunner().invoke(app, ["check", SMALL, "--json"], catch_exceptions=False)
        report = json.loads(done.stdout)
        assert report["model"]["usage"]["output_tokens"] > 0
        assert report["embedder"]["dimensions"] == 384


def test_a_server_that_is_gone_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    serves = embedded._serves  # pyright: ignore[reportPrivateUsage]
    assert not serves("http://127.0.0.1:1", os.getpid(), path)
    assert not serves("http://127.0.0.1:1", os.getppid(), path)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, settings: Settings) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"not a model" * 100)
    with pytest.raises(WeightsError, match=r"can't run .*bad\.gguf"):
        load_chat_model(f"embedded:{bad}", settings)
    with pytest.raises(WeightsError, match="no file"):
        load_chat_model(f"embedded:{tmp_path}/none.gguf", settings)


def test_the_list_says_what_is_there_and_what_would_be_used() -> None:
    done = CliRunner().invoke(app, ["list", "--json"], catch_exceptions=False)
    listed = json.loads(done.stdout)
    assert listed["chosen"]["model"] == "embedded:qwen2.5-coder-0.5b"
    assert [row["present"] for row in listed["models"]] == [False, False, False]
