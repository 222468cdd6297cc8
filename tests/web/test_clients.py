"""Programs that speak Gradio's own protocol, and MCP, to a running server."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from assistant.settings import Settings
from assistant.web.options import WebOptions
from tests.web.scripted import FRENCH_QUESTION, FRENCH_SENTENCES, ScriptedParts


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[FastAPI], str]]:
    """Starts servers on loopback and stops them at the end."""
    import uvicorn

    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: FastAPI) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        servers.append((server, thread))
        while not server.started:
            time.sleep(0.02)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread in servers:
        server.should_exit = True
        thread.join(5)


def test_the_gradio_client_gets_the_answer(serve: Callable[[FastAPI], str]) -> None:
    from gradio_client import Client

    from assistant.web.application import create_app

    address = serve(create_app(ScriptedParts(), Settings()))
    client = Client(f"{address}/fr/", verbose=False, analytics_enabled=False)
    answer = json.loads(client.predict(FRENCH_QUESTION, api_name="/ask"))
    assert tuple(one["text"] for one in answer["sentences"]) == FRENCH_SENTENCES
    client.close()


def test_an_mcp_client_finds_and_calls_the_tool(serve: Callable[[FastAPI], str]) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    from assistant.web.application import create_app

    address = serve(create_app(ScriptedParts(), WebOptions(mcp=True)))

    async def talk() -> tuple[list[str], str]:
        async with (
            streamablehttp_client(f"{address}/fr/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            called = await session.call_tool(tools[0], {"question": FRENCH_QUESTION})
            return tools, called.content[0].text

    tools, text = asyncio.run(talk())
    assert tools == ["answer"]
    assert [one["text"] for one in json.loads(text)["sentences"]] == list(FRENCH_SENTENCES)


def test_without_the_option_there_is_no_mcp(serve: Callable[[FastAPI], str]) -> None:
    import httpx

    from assistant.web.application import create_app

    address = serve(create_app(ScriptedParts(), Settings()))
    assert httpx.post(f"{address}/fr/gradio_api/mcp/", json={}).status_code == 404
