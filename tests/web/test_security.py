"""What the guard lets through, what it adds, and what never leaves the page."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from assistant.web.security import preferred_language


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_has_a_strict_policy_and_every_script_its_nonce(client: TestClient, language: str) -> None:
    response = client.get(f"/{language}/")
    policy = response.headers["content-security-policy"]
    (nonce,) = re.findall(r"script-src 'self' 'nonce-([\w-]+)'", policy)
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    scripts = re.findall(r"<script[^>]*>", response.text)
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert response.headers["cache-control"] == "no-store"
    assert f'lang="{language}"' in response.text
    assert "githubusercontent" not in response.text
    assert client.get(f"/{language}/").headers["content-security-policy"] != policy


@pytest.mark.parametrize(
    "path", ["/fr/", "/api/health", "/api/docs", "/static/page.css", "/fr/gradio_api/upload", "/nowhere"]
)
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/fr/gradio_api/upload",
        "/fr/gradio_api/file=/etc/passwd",
        "/en/gradio_api/file=https://example.org/",
        "/fr/gradio_api/proxy=https://example.org/",
        "/fr/gradio_api/deep_link",
        "/fr/gradio_api/runs",
        "/fr/gradio_api/vibe-edit/",
        "/fr/gradio_api/component_server",
        "/fr/openapi.json",
        "/fr/monitoring",
        "/fr/login",
        "/fr/static/%2e%2e/%2e%2e/records.py",
        "/fr/gradio_api/run/ask",
        "/fr/gradio_api/call/other",
        "/fr/gradio_api/call/v2/other",
        "/fr/custom_component/1/client/component/style.css",
    ],
)
def test_what_gradio_serves_beyond_the_page_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, content=b"x").status_code == 404


def test_a_body_over_the_limit_is_refused_in_the_pages_language(client: TestClient) -> None:
    response = client.post("/fr/gradio_api/queue/join", content=b"x" * 2_000_001)
    assert response.status_code == 413
    assert "volumineux" in response.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "fr"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5,fr;q=0.7", "fr"),
        ("de", "fr"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("*" * 5000, "fr"),
        ("fr;q=x, en;q=0.9", "fr"),
    ],
)
def test_the_front_door_follows_the_browsers_languages(client: TestClient, accept: str, language: str) -> None:
    assert preferred_language(accept) == language
    response = client.get("/?q=hello", headers={"Accept-Language": accept}, follow_redirects=False)
    assert response.headers["location"] == f"/{language}/?q=hello"
    assert response.headers["vary"] == "Accept-Language"
