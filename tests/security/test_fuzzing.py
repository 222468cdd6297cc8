"""Ten thousand requests that no browser would send: no 500, no traceback, nothing executed, memory flat."""

from __future__ import annotations

import asyncio
import gc
import os
from collections import Counter
from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.web.database import open_database
from assistant.web.permalinks import AnswerStore
from assistant.wiring import Parts
from tests.security.fuzzing import QUESTIONS, Fuzzer, Watched, problems, send_to

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "8"))


def resident_megabytes() -> float:
    """The memory that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def fuzz(parts: Parts, store: AnswerStore, watched: Watched) -> tuple[list[str], Counter[int], list[float]]:
    """Send them one after the other; what was wrong, how often which status, and the memory at half time and at the end."""
    from assistant.web.application import create_app

    known = [answer.id for answer in map(parts.assistant.ask, QUESTIONS)]
    app, fuzzer = create_app(parts, Settings(max_permalinks=200), store), Fuzzer(SEED, known)
    wrong, statuses, memory = list[str](), Counter[int](), list[float]()
    async with app.router.lifespan_context(app):
        watched.on = True
        for number in range(1, REQUESTS + 1):
            sent = fuzzer.request()
            received = await asyncio.wait_for(send_to(app, sent), 60)
            statuses[received.status] += 1
            wrong += problems(sent, received)
            if number in (REQUESTS // 2, REQUESTS):
                memory.append(resident_megabytes())
        watched.on = False
    return wrong, statuses, memory


@pytest.mark.slow
def test_ten_thousand_requests_do_no_harm(tiny_parts: Parts, tmp_path: Path) -> None:
    """Whatever is sent to whatever route: an answer below 500 with our headers, nothing of the visitor's run, kept or written."""
    store = AnswerStore(open_database("", tmp_path), tiny_parts.catalogue)
    watched = Watched(str(tmp_path))
    wrong, statuses, memory = asyncio.run(fuzz(tiny_parts, store, watched))
    print(f"{sum(statuses.values())} requests, statuses {dict(statuses)}, memory {memory[0]:.0f} to {memory[1]:.0f} MB")
    assert wrong == []
    assert dict(watched.seen) == {}
    assert not Path("hit").exists()
    assert statuses[200] > REQUESTS / 20 and statuses[422] > REQUESTS / 50 and statuses[404] > REQUESTS / 20
    assert memory[1] < 1.1 * memory[0]
