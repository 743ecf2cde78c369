"""What is let in and what is not: hosts, origins, keys, forms, sizes, rates."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from served import HERE, application, body, client
from starlette.types import Message

from simulacra.settings import Settings
from simulacra.web.limits import Buckets, GoneError, Rate, whole_body
from simulacra.web.security import is_loopback
from simulacra.web.tokens import Tokens

KEY = "a-key-of-more-than-sixteen"
CHAT = "/v1/chat/completions"
BEARER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return application(settings)


@pytest.fixture
def locked(settings: Settings) -> FastAPI:
    return application(settings, api_key=KEY)


def is_openai_error(answer: httpx.Response, kind: str) -> bool:
    error = answer.json()["error"]
    return error["type"] == kind and set(error) == {"message", "type", "param", "code"}


# --- hosts and origins ----------------------------------------------------


@pytest.mark.parametrize("host", ["localhost:8642", "127.0.0.1", "[::1]:8642", "192.168.1.5:80"])
async def test_loopback_and_numbers_are_this_server(app: FastAPI, host: str) -> None:
    async with client(app) as http:
        assert (await http.get("/api/people", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io"])
async def test_another_name_is_a_rebound_one_and_refused(app: FastAPI, host: str) -> None:
    async with client(app) as http:
        for path in ("/api/people", "/v1/models", "/sign-in"):
            assert (await http.get(path, headers={"Host": host})).status_code == 421


async def test_the_name_of_the_origin_is_known(settings: Settings) -> None:
    app = application(settings, origin="https://people.example")
    async with client(app) as http:
        answer = await http.get("/api/people", headers={"Host": "people.example"})
        assert answer.status_code == 200
        assert "max-age" in answer.headers["Strict-Transport-Security"]


async def test_a_foreign_page_can_change_nothing(app: FastAPI) -> None:
    foreign = {"Origin": "https://evil.example"}
    async with client(app) as http:
        for origin in ("https://evil.example", "null"):
            answer = await http.post(CHAT, json=body("Hello"), headers={"Origin": origin})
            assert answer.status_code == 403
            assert is_openai_error(answer, "permission_error")
        assert (await http.delete("/api/sessions/0123", headers=foreign)).status_code == 403
        answer = await http.get("/v1/models", headers=foreign)
        assert "Access-Control-Allow-Origin" not in answer.headers
        own = await http.post(CHAT, json=body("Hello"), headers={"Origin": HERE})
        assert own.status_code == 200


async def test_the_pages_of_a_named_origin_may_call_the_api(settings: Settings) -> None:
    friend = "https://friend.example"
    app = application(settings, cors=[friend], api_key=KEY)
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-session"}
    async with client(app) as http:
        before = await http.options(CHAT, headers={"Origin": friend, **ask})
        assert before.status_code == 200
        assert before.headers["Access-Control-Allow-Origin"] == friend
        answer = await http.post(CHAT, json=body("Hi"), headers={"Origin": friend, **BEARER})
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == friend
        other = {"Origin": "https://evil.example"}
        refused = await http.options(CHAT, headers={**other, **ask})
        assert "Access-Control-Allow-Origin" not in refused.headers
        assert (await http.post(CHAT, json=body("Hi"), headers={**other, **BEARER})).is_error


# --- keys ----------------------------------------------------


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x"])
async def test_without_the_right_key_nothing_is_told(locked: FastAPI, shown: str) -> None:
    async with client(locked) as http:
        for path in ("/v1/models", "/api/people", "/api/docs", "/openapi.json", "/people", "/"):
            answer = await http.get(path, headers={"Authorization": shown})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert "mary" not in answer.text.casefold()
        answer = await http.post(CHAT, json=body("Hello"), headers={"Authorization": shown})
        assert is_openai_error(answer, "authentication_error")


async def test_with_the_key_everything_is_there(locked: FastAPI) -> None:
    async with client(locked, headers=BEARER) as http:
        assert (await http.get("/v1/models")).status_code == 200
        assert (await http.post(CHAT, json=body("Hello"))).status_code == 200


async def test_wrong_keys_can_not_be_tried_for_long(locked: FastAPI) -> None:
    async with client(locked) as http:
        tried = [
            await http.get("/v1/models", headers={"Authorization": f"Bearer guess-{number}"})
            for number in range(15)
        ]
        assert tried[0].status_code == 401
        assert tried[-1].status_code == 429
        assert (await http.get("/v1/models", headers=BEARER)).status_code == 200


async def test_a_browser_signs_in_with_the_key_and_out_again(locked: FastAPI) -> None:
    async with client(locked) as http:
        page = await http.get("/sign-in")
        token = field(page)
        wrong = await http.post("/sign-in", data={"key": "no", "csrf": token})
        assert wrong.status_code == 401
        right = await http.post("/sign-in", data={"key": KEY, "csrf": token})
        assert right.status_code == 303
        assert (await http.get("/api/docs")).status_code == 200
        assert (await http.get("/api/people")).status_code == 200
        assert (await http.post(CHAT, json=body("Hello"))).status_code == 401
        await http.post("/sign-out", data={"csrf": token})
        assert (await http.get("/api/docs")).status_code == 401


# --- forms of pages ----------------------------------------------------


def field(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" (?:value|content)="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_a_form_without_the_token_of_its_page_changes_nothing(app: FastAPI) -> None:
    async with client(app) as http:
        page = await http.get("/sign-in")
        cookie = page.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        token = field(page)
        assert (await http.post("/sign-out")).status_code == 403
        assert (await http.post("/sign-out", data={"csrf": f"{token}0"})).status_code == 403
        assert (await http.post("/sign-out", data={"csrf": token})).status_code == 303
        assert (await http.post("/sign-out", headers={"X-CSRF": token})).status_code == 303
        null = {"X-CSRF": token, "Origin": "null"}  # what browsers send by our Referrer-Policy
        assert (await http.post("/sign-out", headers=null)).status_code == 303
    async with client(app) as other:
        await other.get("/sign-in")
        assert (await other.post("/sign-out", data={"csrf": token})).status_code == 403


@given(st.text(max_size=80), st.text(max_size=20))
def test_no_token_is_made_without_the_secret(token: str, browser: str) -> None:
    tokens = Tokens(b"0" * 32)
    assert not tokens.is_form(token, browser)
    assert tokens.is_form(tokens.form(browser), browser) == bool(browser)
    assert not tokens.is_form(Tokens(b"1" * 32).form(browser), browser)


def test_the_secret_outlives_a_restart_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    token = Tokens.kept_in(tmp_path).form("browser")
    assert Tokens.kept_in(tmp_path).is_form(token, "browser")
    assert (tmp_path / "web.key").stat().st_mode & 0o077 == 0


# --- sizes and rates ----------------------------------------------------


async def test_more_than_a_mebibyte_is_refused_announced_or_not(app: FastAPI) -> None:
    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    async with client(app) as http:
        json = {"Content-Type": "application/json"}
        for content in (b"x" * 1_100_000, pieces()):
            answer = await http.post(CHAT, content=content, headers=json)
            assert answer.status_code == 413
            assert is_openai_error(answer, "invalid_request_error")


async def test_half_a_body_is_not_acted_on() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b'{"half": ', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    with pytest.raises(GoneError):
        await whole_body({"type": "http", "headers": []}, receive)


async def test_half_characters_are_refused_and_break_nothing(app: FastAPI) -> None:
    async with client(app) as http:
        for asked in (
            r'{"model": "mary-jones", "messages": [{"role": "user", "content": "\ud800"}]}',
            r'{"model": "\ud800", "messages": [{"role": "user", "content": "Hello"}]}',
            r'{"model": "a", "messages": [], "response_format": {"\ud800": 1}}',
            r'{"model": "mary-jones", "\ud800": 1}',
        ):
            json = {"Content-Type": "application/json"}
            answer = await http.post(CHAT, content=asked.encode(), headers=json)
            assert answer.status_code == 400


async def test_too_many_requests_are_told_when_to_come_again(settings: Settings) -> None:
    app = application(settings, rate=Rate(per_second=0.5, at_once=3))
    async with client(app) as http:
        answers = [await http.get("/v1/models/none") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
        assert answers[-1].headers["Retry-After"] == "2"
        assert is_openai_error(answers[-1], "rate_limit_error")
        other = await http.get("/v1/models/none", headers={"Authorization": "Bearer other"})
        assert other.status_code == 404
        assert (await http.get("/static/style.css")).status_code == 200


@given(
    st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=60),
    st.floats(min_value=0.1, max_value=50),
    st.integers(min_value=1, max_value=10),
)
def test_a_bucket_lets_through_what_its_rate_says_and_no_more(
    pauses: list[float], per_second: float, at_once: int
) -> None:
    now = 0.0
    buckets = Buckets(Rate(per_second, at_once), clock=lambda: now)
    let_in = 0
    for pause in pauses:
        now += pause
        wait = buckets.take("somebody")
        assert wait >= 0
        let_in += not wait
        assert let_in <= at_once + now * per_second + 1e-6
        assert wait <= 1 / per_second + 1e-6


# --- what every answer bears ----------------------------------------------------


async def test_every_answer_bears_its_protection(app: FastAPI) -> None:
    async with client(app) as http:
        answers = [
            await http.get(path)
            for path in ("/sign-in", "/nothing", "/v1/models", "/static/style.css", "/api/docs")
        ]
        answers.append(await http.get("/", headers={"Host": "evil.example"}))
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Simulacra-Fiction"]
    for answer in answers[:2]:
        assert "computer-generated fiction" in answer.text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


async def test_static_files_are_kept_for_good_by_their_digest_and_else_asked_again(
    app: FastAPI,
) -> None:
    async with client(app) as http:
        page = (await http.get("/sign-in")).text
        address = re.search(r'href="(/static/style\.css\?v=\w+)"', page)
        assert address
        kept = await http.get(address[1])
        assert "immutable" in kept.headers["Cache-Control"]
        assert kept.headers["Content-Encoding"] == "gzip"
        other = await http.get("/static/style.css?v=0000")
        assert other.headers["Cache-Control"] == "public, no-cache"
        again = await http.get(
            "/static/style.css", headers={"If-None-Match": other.headers["ETag"]}
        )
        assert again.status_code == 304
        assert (await http.get("/static/../app.py")).status_code == 404
        assert (await http.get("/static/%2e%2e/app.py")).status_code == 404


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("127.5.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("people.example", False),
    ],
)
def test_what_others_can_reach_is_no_loopback(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
