"""The promises of a vector store, kept alike by the plain double, by Chroma on disk and by Chroma's server."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant.records import Language, SectionKey
from assistant.search.encoder import Matrix, Vector
from assistant.search.store import KINDS, ChromaServer, ChromaStore, Entry, Kind, VectorStore
from tests.fakes import MemoryStore
from tests.web.services import chroma_server

DIMENSION = 8
# One more than Chroma takes in one call.
MORE_THAN_A_BATCH = 5_462


@pytest.fixture(scope="module")
def server() -> Iterator[ChromaServer]:
    """A connection to a Chroma server."""
    with chroma_server() as running, closing(ChromaServer.connect(running.url)) as connected:
        yield connected


@pytest.fixture(params=["memory", "chroma", pytest.param("server", marks=[pytest.mark.services, pytest.mark.slow])])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    """An empty store: each promise is tested on the double and on the real ones."""
    builders: dict[str, Callable[[], VectorStore]] = {
        "memory": MemoryStore,
        "chroma": lambda: ChromaStore.open(tmp_path / "chroma", create=True),
        "server": lambda: request.getfixturevalue("server").create_store(secrets.token_hex(8)),
    }
    found = builders[request.param]()
    yield found
    found.close()


def entry(name: str, kind: Kind = "sentence", language: Language = "en", section: str = "doc#s") -> Entry:
    return Entry(name, kind, SectionKey.parse(section), language)


def direction(*parts: float) -> Vector:
    """A unit vector that begins with `parts`."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[: len(parts)] = parts
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def rows(*vectors: Vector) -> Matrix:
    return np.stack(vectors)


def found_ids(
    store: VectorStore, query: Vector, limit: int = 10, kind: Kind = "sentence", language: Language = "en"
) -> Sequence[str]:
    return [hit.id for hit in store.nearest(kind, language, query, limit)]


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    """Asking before anything was added gives no hit and no error, for every kind."""
    for kind in KINDS:
        assert store.nearest(kind, "fr", direction(1), 5) == []
        assert store.ids(kind) == frozenset()


def test_adding_nothing_changes_nothing(store: VectorStore) -> None:
    """An empty list may be added."""
    store.add([], np.zeros((0, DIMENSION), dtype=np.float32))
    assert store.ids("sentence") == frozenset()


def test_a_hit_says_what_was_added(store: VectorStore) -> None:
    """A hit carries the entry's id, section and language, and the cosine of the angle."""
    store.add([entry("a", section="doc-1#total", language="fr")], rows(direction(1, 1)))
    (hit,) = store.nearest("sentence", "fr", direction(1), 5)
    assert (hit.id, hit.section, hit.language) == ("a", SectionKey("doc-1", "total"), "fr")
    assert hit.similarity == pytest.approx(0.5**0.5, abs=1e-5)


def test_every_vector_is_given_back(store: VectorStore) -> None:
    """All vectors of one kind by id, in both languages, as they were added; none of another kind."""
    store.add([entry("a", language="fr"), entry("b", language="en")], rows(direction(1), direction(1, 1)))
    found = store.vectors("sentence")
    assert set(found) == {"a", "b"}
    assert found["b"] == pytest.approx(direction(1, 1), abs=1e-6)
    assert store.vectors("question") == {}


def test_nearest_first(store: VectorStore) -> None:
    """Hits come in falling similarity, the opposite direction last, and never more than the limit."""
    store.add(
        [entry("far"), entry("near"), entry("opposite"), entry("same")],
        rows(direction(1, 2), direction(2, 1), direction(-1), direction(1)),
    )
    assert found_ids(store, direction(1)) == ["same", "near", "far", "opposite"]
    assert found_ids(store, direction(1), limit=2) == ["same", "near"]
    similarities = [hit.similarity for hit in store.nearest("sentence", "en", direction(1), 10)]
    assert similarities == pytest.approx([1, 2 / 5**0.5, 1 / 5**0.5, -1], abs=1e-5)


def test_ties_come_in_the_order_of_their_ids(store: VectorStore) -> None:
    """Equal vectors are ordered by id, whatever the order in which they were added."""
    names = ["c", "a", "d", "b"]
    store.add([entry(name) for name in names], rows(*[direction(1, 3)] * 4))
    assert found_ids(store, direction(1)) == ["a", "b", "c", "d"]


def test_adding_twice_keeps_one(store: VectorStore) -> None:
    """The same entry added again is there once."""
    for _ in range(2):
        store.add([entry("a")], rows(direction(1)))
    assert store.ids("sentence") == {"a"}
    assert found_ids(store, direction(1)) == ["a"]


def test_adding_a_known_id_replaces_it(store: VectorStore) -> None:
    """A known id takes the new vector and the new section."""
    store.add([entry("a", section="doc#old"), entry("b")], rows(direction(1), direction(1, 1)))
    store.add([entry("a", section="doc#new")], rows(direction(0, 1)))
    first, second = store.nearest("sentence", "en", direction(0, 1), 5)
    assert (first.id, first.section) == ("a", SectionKey("doc", "new"))
    assert first.similarity == pytest.approx(1, abs=1e-5)
    assert second.id == "b"


def test_removed_entries_are_gone(store: VectorStore) -> None:
    """What was removed is found no more and can be added anew."""
    store.add([entry("a"), entry("b")], rows(direction(1), direction(0, 1)))
    store.remove("sentence", ["a"])
    assert store.ids("sentence") == {"b"}
    assert found_ids(store, direction(1)) == ["b"]
    store.add([entry("a")], rows(direction(1)))
    assert found_ids(store, direction(1)) == ["a", "b"]


def test_removing_an_unknown_id_does_nothing(store: VectorStore) -> None:
    """Unknown ids and an empty list are no error, on an empty store and on a full one."""
    store.remove("sentence", ["nobody"])
    store.add([entry("a")], rows(direction(1)))
    store.remove("sentence", ["nobody"])
    store.remove("sentence", [])
    assert store.ids("sentence") == {"a"}


def test_kinds_are_apart(store: VectorStore) -> None:
    """The same id may stand for a passage and for a question; removing one leaves the other."""
    store.add([entry("a", "passage"), entry("a", "question")], rows(direction(1), direction(0, 1)))
    assert found_ids(store, direction(1), kind="sentence") == []
    store.remove("passage", ["a"])
    assert store.ids("passage") == frozenset()
    assert store.ids("question") == {"a"}
    assert found_ids(store, direction(1), kind="question") == ["a"]


def test_languages_are_apart(store: VectorStore) -> None:
    """A language sees its own entries only, even where both have the same id; `ids` and `remove` mean both."""
    store.add(
        [entry("a", language="fr", section="doc#fr"), entry("a", language="en", section="doc#en"), entry("b")],
        rows(direction(1), direction(0, 1), direction(1, 1)),
    )
    assert [hit.section.section_id for hit in store.nearest("sentence", "fr", direction(0, 1), 5)] == ["fr"]
    assert found_ids(store, direction(0, 1)) == ["a", "b"]
    assert store.ids("sentence") == {"a", "b"}
    store.remove("sentence", ["a"])
    assert found_ids(store, direction(1), language="fr") == []
    assert found_ids(store, direction(1)) == ["b"]


def test_more_than_one_batch(store: VectorStore) -> None:
    """More entries than Chroma takes in one call are added, found and removed all the same."""
    angles = np.linspace(0, np.pi, MORE_THAN_A_BATCH, dtype=np.float32)
    vectors = np.zeros((MORE_THAN_A_BATCH, DIMENSION), dtype=np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    names = [f"{number:05}" for number in range(MORE_THAN_A_BATCH)]
    store.add([entry(name) for name in names], vectors)
    assert len(store.ids("sentence")) == MORE_THAN_A_BATCH
    assert found_ids(store, direction(1), limit=3) == names[:3]
    assert found_ids(store, direction(-1), limit=3) == names[:-4:-1]
    store.remove("sentence", names[1:])
    assert store.ids("sentence") == {names[0]}


def test_chroma_keeps_what_it_was_given(tmp_path: Path) -> None:
    """What was added is there when the folder is opened again."""
    store = ChromaStore.open(tmp_path / "chroma", create=True)
    store.add([entry("a"), entry("b", "question", "fr")], rows(direction(1), direction(0, 1)))
    store.close()
    again = ChromaStore.open(tmp_path / "chroma")
    try:
        assert found_ids(again, direction(1)) == ["a"]
        assert found_ids(again, direction(1), kind="question", language="fr") == ["b"]
    finally:
        again.close()
