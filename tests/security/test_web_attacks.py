"""What attackers try on a web service, each with the response that it gets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from assistant.commands import main
from assistant.settings import Settings
from assistant.web.application import create_app
from assistant.web.database import connect, open_database
from assistant.web.limits import RateLimiter
from assistant.web.permalinks import AnswerStore
from assistant.wiring import Parts

QUESTION = {"question": "Who co-chaired the summit?"}
EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def site(tiny_parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, which has no address of its own set."""
    with client(tiny_parts, tmp_path_factory.mktemp("site")) as opened:
        yield opened


def client(parts: Parts, folder: Path, **settings: object) -> TestClient:
    """The whole application with a database."""
    store = AnswerStore(open_database("", folder), parts.catalogue)
    app = create_app(parts, Settings(**settings), store)  # type: ignore[arg-type]
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def kept(site: TestClient) -> str:
    """The address of an answer that was just kept."""
    path = f"/a/{site.post('/api/ask', json=QUESTION).json()['answer_id']}"
    assert site.get(path).status_code == 200
    return path


ROUTES = (
    "/fr/",
    "/en/config",
    "/fr/gradio_api/info",
    "/api/ask",
    "/api/documents",
    "/api/health",
    "/documents",
    "/static/page.css",
)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("host", ["assistant.example", "localhost"])
def test_no_other_site_may_read_our_responses(site: TestClient, path: str, host: str) -> None:
    """With an Origin of elsewhere, asked directly or by preflight, no header allows that page to read what came."""
    sent = {
        "Origin": EVIL,
        "Host": host,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x",
    }
    for method in ("GET", "POST", "OPTIONS"):
        headers = site.request(method, path, headers=sent).headers
        assert [name for name in headers if name.startswith("access-control")] == []


@pytest.mark.parametrize("sign", ["%0d%0a", "%0a", "%E5%98%8A%E5%98%8D", "\u010d\u010a", "%00"])
@pytest.mark.parametrize(
    "path", ["/?q=x{}X-Hit:1", "/timeline?q=x{}X-Hit:1", "/a/x{}X-Hit:1", "/d/x{}X-Hit:1?lang=y", "/{}X-Hit:1"]
)
def test_nobody_adds_a_header_to_a_response(site: TestClient, path: str, sign: str) -> None:
    """Line ends in path and query, encoded in every way, stay inside their header, encoded."""
    response = site.get(path.format(sign))
    assert "x-hit" not in response.headers
    assert not any(sign in value for value in response.headers.values() for sign in "\r\n\x00")


FORWARDED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example",
    "X-Original-URL": "/api/health",
    "X-Rewrite-URL": "/x",
    "X-HTTP-Method-Override": "DELETE",
}


def test_no_header_poisons_a_cached_permalink(tiny_parts: Parts, tmp_path: Path) -> None:
    """With the site's own address set, page, ETag and references are the same whatever host and headers a request names."""
    with client(tiny_parts, tmp_path, public_url="https://assistant.example") as site:
        path = kept(site)
        for address in (path, f"{path}?lang=en", f"{path}/references.txt", f"{path}/references.json"):
            plain = site.get(address)
            assert plain.headers["cache-control"].startswith("public")
            for sent in (
                FORWARDED,
                {"Host": "evil.example"},
                {"Accept-Language": "en"},
                {"Cookie": "a=b"},
                {"Origin": EVIL},
            ):
                other = site.get(address, headers=sent)
                assert (other.content, other.headers["etag"]) == (plain.content, plain.headers["etag"])


def test_without_an_address_of_our_own_no_shared_cache_keeps_a_page(site: TestClient) -> None:
    """Where the request names our address, what it names is kept by its own browser only; forwarded hosts never count."""
    path = kept(site)
    for address in (path, f"{path}/references.txt"):
        plain = site.get(address)
        assert plain.headers["cache-control"].startswith("private")
        assert site.get(address, headers=FORWARDED).content == plain.content
        again = site.get(address, headers={"If-None-Match": plain.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, plain.headers["cache-control"])


OUTSIDE = (
    "../records.py",
    "..%2frecords.py",
    "%2e%2e/%2e%2e/pyproject.toml",
    "....//x",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "..\\..\\x",
    "fonts/../../records.py",
    "\x00page.css",
    "~root/.profile",
)


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("below", ["/static", "/d", "/a", "/fr/assets", "/en/static", "/fr/gradio_api/file="])
def test_no_path_leads_out_of_its_folder(site: TestClient, below: str, name: str) -> None:
    """Dots, encoded or not, absolute paths and zero bytes name nothing that may be had, and no text of a file of ours or the machine's."""
    response = site.get(f"{below}/{quote(name, safe='/%')}")
    assert response.status_code in (403, 404, 307), response.status_code
    assert not any(word in response.text for word in ("root:x:", "import annotations", "[project]"))


def test_no_forwarded_address_buys_more_questions(tiny_parts: Parts) -> None:
    """Whoever changes X-Forwarded-For with every question is one client all the same, unless a trusted proxy wrote it."""
    for proxies in ("", "10.9.9.9"):
        app = create_app(tiny_parts, Settings(trusted_proxies=proxies), limiter=RateLimiter(3))
        asking = TestClient(app)
        statuses = [
            asking.post(
                "/api/ask",
                json=QUESTION,
                headers={
                    "X-Forwarded-For": f"198.51.100.{n}",
                    "X-Real-IP": f"1.1.1.{n}",
                    "Forwarded": f"for=1.1.1.{n}",
                },
            ).status_code
            for n in range(10)
        ]
        assert statuses == [200] * 3 + [429] * 7


def test_no_secret_reaches_the_log_or_a_page(
    tmp_path: Path, tiny_parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    """The passwords of the database and of Redis, neither of which answers, are in no line, no error and no response."""
    secret = "zebra-4711"
    url = f"postgresql://summit:{secret}@127.0.0.1:9/summit"
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        store = AnswerStore(connect(url, tmp_path), tiny_parts.catalogue, prepared=False)
        limiter = RateLimiter(5, f"redis://:{secret}@127.0.0.1:9/0")
        site = TestClient(create_app(tiny_parts, Settings(), store, limiter), raise_server_exceptions=False)
        shown = [
            site.post("/api/ask", json=QUESTION).text,
            site.get("/api/health").text,
            site.get("/a/00000000000000000000").text,
        ]
        shown += [store.problem, limiter.problem, repr(store.engine.url), repr(sa.make_url(url))]
    assert limiter.problem and store.problem, "both were tried"
    assert secret not in caplog.text + "".join(shown)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUMMIT_DATABASE_URL", "mysql://summit:zebra-4711@127.0.0.1/summit"),
        ("SUMMIT_DATABASE_URL", "postgresql://summit:zebra-4711@127.0.0.1:9/summit"),
        ("SUMMIT_DATABASE_URL", "postgresql+unknown://summit:zebra-4711@[::/x"),
    ],
)
def test_a_mistake_in_a_url_does_not_show_its_password(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with one plain line that tells what to write instead, without the password."""
    monkeypatch.setenv(name, value)
    assert main(["feedback", "list"]) == 1
    told = capsys.readouterr()
    assert name in told.err and "zebra" not in told.out + told.err
