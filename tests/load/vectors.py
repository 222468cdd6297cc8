"""What a Chroma server needs for many passages: `python -m tests.load.vectors --sizes 20000 50000 100000`.

Vectors of the shipped encoder's dimension are made up: around one point in a hundred thousand directions, as near to one
another as sentences on one subject are. Written through the adapter that the assistant uses. At each size the server is started anew
and searched, and then measured.
"""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from assistant.records import SectionKey
from assistant.search.encoder import Matrix
from assistant.search.store import ChromaServer, ChromaStore, Entry
from tests.web.services import Chroma, chroma_server

DIMENSION = 384
_BATCH = 5_000
_QUERIES = 200
# Of two e5 vectors of sentences on one subject.
_COSINE = 0.8


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 50_000, 100_000], help="numbers of vectors")
    sizes = sorted(parser.parse_args(arguments).sizes)
    chance = np.random.default_rng(8)
    print("vectors  MB in memory  MB on disk  vectors written a second  ms a search (60 nearest), median and p95")
    with chroma_server() as running:
        empty = resident_megabytes(running)
        print(f"0  {empty:.0f}", flush=True)
        done = 0
        for size in sizes:
            seconds = _grow(running, done, size, chance)
            speed, done = (size - done) / seconds, size
            running.stop(signal.SIGKILL)  # else it takes its time after so much writing
            running.start()
            with closing(ChromaServer.connect(running.url)) as server:
                median, late = _search(server.store("load"), chance)
            disk = sum(path.stat().st_size for path in (running.folder / "data").rglob("*") if path.is_file()) / 2**20
            held = resident_megabytes(running)
            print(f"{size}  {held:.0f}  {disk:.0f}  {speed:.0f}  {median:.1f} {late:.1f}", flush=True)
            print(f"   bytes of memory a vector: {(held - empty) * 2**20 / size:.0f}", flush=True)


def made_up(number: int, chance: np.random.Generator) -> Matrix:
    """Unit vectors of shape (number, DIMENSION), any two at a cosine of about `_COSINE`."""
    own = chance.standard_normal((number, DIMENSION), dtype=np.float32)
    own *= np.sqrt((1 - _COSINE) / _COSINE)
    own /= np.sqrt(DIMENSION)
    own[:, 0] += 1.0
    return np.asarray(own / np.linalg.norm(own, axis=1, keepdims=True), dtype=np.float32)


def resident_megabytes(running: Chroma) -> float:
    """The memory that the server holds."""
    assert running.process is not None
    status = Path(f"/proc/{running.process.pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def _grow(running: Chroma, first: int, size: int, chance: np.random.Generator) -> float:
    begun = time.perf_counter()
    with closing(ChromaServer.connect(running.url)) as server:
        store = server.create_store("load")
        for start in range(first, size, _BATCH):
            numbers = range(start, min(start + _BATCH, size))
            section = SectionKey("a-document", "a-section")
            entries = [Entry(f"a-document#a-section/en@{one}~0", "sentence", section, "en") for one in numbers]
            store.add(entries, made_up(len(entries), chance))
    return time.perf_counter() - begun


def _search(store: ChromaStore, chance: np.random.Generator) -> tuple[float, float]:
    took = []
    for query in made_up(_QUERIES, chance):
        begun = time.perf_counter()
        store.nearest("sentence", "en", query, 60)
        took.append((time.perf_counter() - begun) * 1000)
    return float(np.median(took)), float(np.percentile(took, 95))


if __name__ == "__main__":
    main()
