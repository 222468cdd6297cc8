"""Memory stays flat under thousands of questions; run when asked for: ASK_QUESTIONS=4000 pytest -s tests/web/test_memory.py."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import httpx
import pytest

from assistant.records import LANGUAGES
from assistant.settings import Settings
from assistant.wiring import Parts
from tests.web.running import ask_the_page, running_server

COUNT = int(os.environ.get("ASK_QUESTIONS", "0"))
_STEPS = 20
_CLIENTS = 4


@pytest.mark.skipif(COUNT < _STEPS, reason="asked for by ASK_QUESTIONS=4000")
def test_memory_is_flat_over_the_second_half(real_settings: Settings, real_parts: Parts) -> None:
    """Questions through the page, each in a conversation of its own, and every fourth through the API: within 10 % in the second half."""
    stored = [
        (language, question)
        for _, section in real_parts.catalogue.sections.values()
        for language in LANGUAGES
        for question in section.questions.get(language, ())
    ]
    questions = list(islice(cycle(stored), COUNT))
    with running_server(real_settings) as server, httpx.Client(base_url=server.address, timeout=60) as client:

        def ask(number: int) -> None:
            language, question = questions[number]
            if number % 4:
                assert "<article" in ask_the_page(client, language, question)
            else:
                client.post("/api/ask", json={"question": question}).raise_for_status()

        held = [server.resident_megabytes()]
        with ThreadPoolExecutor(_CLIENTS) as pool:
            for step in range(_STEPS):
                list(pool.map(ask, range(step * COUNT // _STEPS, (step + 1) * COUNT // _STEPS)))
                held.append(server.resident_megabytes())
    print(
        f"\n{COUNT} questions ({len(set(questions))} different), resident MB after every {COUNT // _STEPS}:",
        *(f"{one:.0f}" for one in held),
    )
    second = held[_STEPS // 2 :]
    print(f"second half: {min(second):.0f} to {max(second):.0f} MB, {max(second) / min(second) - 1:.1%}")
    assert max(second) <= 1.1 * min(second)
