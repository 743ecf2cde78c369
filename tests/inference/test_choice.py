from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from simulacra.errors import ModelUnavailableError
from simulacra.inference import choose_model, load_chat_model, load_embedder
from simulacra.settings import Settings


class Ollama(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        names = ["nomic-embed-text:latest", "llama3.2:3b", "qwen3:8b"]
        body = json.dumps({"models": [{"name": name} for name in names]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_the_embedded_model_is_the_default(settings: Settings) -> None:
    name, why = choose_model(settings)
    assert name == "embedded:qwen2.5-coder-0.5b"
    assert "default" in why


def test_a_setting_comes_before_all() -> None:
    assert choose_model(Settings.read(model="openai:gpt-4.1"))[0] == "openai:gpt-4.1"


def test_a_running_ollama_comes_before_the_default(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = HTTPServer(("127.0.0.1", 0), Ollama)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{server.server_port}")
        assert choose_model(settings)[0] == "ollama:llama3.2:3b"
        assert load_chat_model(None, settings).name == "ollama:llama3.2:3b"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("gpt-4", "provider:model"),
        ("nobody:x", "Unknown model"),
        ("openai:gpt-4.1", "OPENAI_API_KEY"),
        ("openai-chat:mine", "OPENAI_BASE_URL"),
        ("embedded:", "embedded:NAME"),
        ("embedded:all-minilm-l6-v2", "embedder"),
    ],
)
def test_a_name_that_can_not_be_used_comes_with_a_mend(
    name: str, mend: str, settings: Settings
) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        load_chat_model(name, settings)
    assert mend in str(caught.value)


def test_a_compatible_server_needs_no_key(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    model = load_chat_model("openai-chat:mine", settings)
    assert (model.name, model.small) == ("openai-chat:mine", False)


def test_settings_decide_concurrency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert load_chat_model("openai-chat:x", Settings.read(concurrency=3)).concurrency == 3


def test_an_unknown_embedder_comes_with_a_mend(settings: Settings) -> None:
    with pytest.raises(ModelUnavailableError, match="nobody:x"):
        load_embedder("nobody:x", settings)


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from simulacra.inference import Prompt, Sampling, Template, Usage;"
        "heavy = {'pydantic_ai', 'openai', 'httpx', 'numpy', 'onnxruntime', 'xllamacpp'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
