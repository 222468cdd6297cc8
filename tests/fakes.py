"""Plain doubles with a meaning that one can work out by eye, and a small corpus to use them on."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from assistant.answering.chat import Assistant
from assistant.reading.documents import load_corpus
from assistant.records import LANGUAGES, Document
from assistant.search.answerability import AnswerabilityCheck
from assistant.search.catalogue import Catalogue
from assistant.search.classifier import train_classifier
from assistant.search.encoder import Encoder, Matrix, Progress, Vector
from assistant.search.entries import catalogue_entries, vectors_of
from assistant.search.folding import fold
from assistant.search.index_files import IndexStamp
from assistant.search.lexical import terms
from assistant.search.memory_store import MemoryStore
from assistant.search.opening import OpenIndex, open_index
from assistant.search.published import PublishedIndexes
from assistant.search.ranking import Ranker
from assistant.search.weights import AnswerabilityWeights, LearnedWeights, LogisticModel, RankingWeights
from assistant.wiring import Parts

if TYPE_CHECKING:
    from assistant.answering.writing import ModelWriter

__all__ = [
    "TODAY",
    "CountingEncoder",
    "FakeEncoder",
    "MemoryStore",
    "PonderingEncoder",
    "fake_weights",
    "indexed_parts",
    "memory_parts",
    "published_parts",
    "remove_document",
    "tiny_corpus",
    "tiny_documents",
    "write_document",
]

TODAY = date(2025, 3, 1)
"""The day on which the doubles live: after the summit, before the embargo of the tiny corpus ends."""


class FakeEncoder:
    """Counts words: each stem of a text has its own direction, so two texts are as close as the words that they share.

    Blind to stop words, accents, case and word order; queries and passages are embedded alike. A weak common direction
    keeps texts without any word at unit length. `texts` holds everything embedded, `calls` the number of calls.
    """

    def __init__(self, dimension: int = 384, name: str = "fake") -> None:
        self._dimension = dimension
        self._name = name
        self.texts: list[str] = []
        self.calls = 0

    @property
    def name(self) -> str:
        """What the index is stamped with."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._dimension

    def embed_query(self, text: str) -> Vector:
        """One question as a vector."""
        vector: Vector = self._embed([text], None)[0]
        return vector

    def embed_queries(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Questions as a matrix, one row each."""
        return self._embed(texts, progress)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Passages as a matrix, one row each."""
        return self._embed(texts, progress)

    def _embed(self, texts: Sequence[str], progress: Progress | None) -> Matrix:
        self.calls += 1
        self.texts.extend(texts)
        rows = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.1
            for term in terms(fold(text), LANGUAGES):
                row[self._direction(term)] += 1.0
            row /= np.linalg.norm(row)
            if progress is not None:
                progress(1)
        return rows

    def _direction(self, term: str) -> int:
        digest = hashlib.sha256(term.encode()).digest()
        return 1 + int.from_bytes(digest[:8], "big") % (self._dimension - 1)


class PonderingEncoder(FakeEncoder):
    """Takes so many seconds over each question."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def embed_query(self, text: str) -> Vector:
        """One question as a vector, in its time."""
        time.sleep(self._seconds)
        return super().embed_query(text)


class CountingEncoder:
    """Another encoder, with a record of the texts that reached it."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self.texts: list[str] = []

    @property
    def name(self) -> str:
        """The inner encoder's name."""
        return self._inner.name

    @property
    def dimension(self) -> int:
        """The inner encoder's dimension."""
        return self._inner.dimension

    def embed_query(self, text: str) -> Vector:
        """One question as a vector."""
        self.texts.append(text)
        return self._inner.embed_query(text)

    def embed_queries(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Questions as a matrix, one row each."""
        self.texts.extend(texts)
        return self._inner.embed_queries(texts, progress)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Passages as a matrix, one row each."""
        self.texts.extend(texts)
        return self._inner.embed_passages(texts, progress)


class KeywordScorer:
    """A pair scorer that likes texts with one word, whatever the question."""

    def __init__(self, word: str) -> None:
        self._word = word

    @property
    def name(self) -> str:
        """Names the word."""
        return f"likes {self._word}"

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """1 for each text that holds the word, else 0."""
        del question
        return [float(self._word in text) for text in texts]


def fake_weights() -> LearnedWeights:
    """Weights for the fake encoder: closeness ranks; a question is answered where most of its words are covered."""
    mixture = {"bias": 0.0, "question": 10.0, "sentence_max": 6.0, "sentence_mean": 2.0, "lexical": 0.2}
    return LearnedWeights(
        fitted="by hand, for tests",
        ranking=RankingWeights(with_questions={**mixture, "classifier": 0.5}, without_questions=mixture),
        answerability=AnswerabilityWeights(
            on_subject=LogisticModel(bias=-2.0, weights={"covered": 10.0}),
            answers=LogisticModel(bias=-6.0, weights={"covered": 10.0}),
            on_subject_threshold=0.5,
            answers_threshold=0.5,
        ),
    )


def memory_parts(
    documents: Iterable[Document],
    encoder: Encoder | None = None,
    today: date = TODAY,
    writer: ModelWriter | None = None,
) -> Parts:
    """An assistant that lives in memory: fake encoder, memory store, fixed day; everything else is the real thing."""
    encoder = encoder or FakeEncoder()
    catalogue = Catalogue.of(documents)
    entries = catalogue_entries(catalogue)
    embedded = vectors_of(entries, encoder, [], lambda *_: None)
    store = MemoryStore()
    store.add([one.entry for one in entries], embedded.vectors)
    asked = [row for row, one in enumerate(entries) if one.entry.kind == "question"]
    classifier = train_classifier([entries[row].entry.section for row in asked], embedded.vectors[asked])
    weights = fake_weights()
    ranker = Ranker(catalogue, store, classifier, weights.ranking)
    check = AnswerabilityCheck(catalogue, weights.answerability)
    assistant = Assistant(catalogue, encoder, ranker, check, today=lambda: today, writer=writer)
    stamp = IndexStamp(encoder.name, encoder.dimension, corpus=catalogue.version)
    return Parts(assistant, encoder, catalogue, ranker, check, store, stamp, writer=writer)


def indexed_parts(data_dir: Path, encoder: Encoder | None = None, today: date = TODAY) -> Parts:
    """An assistant on the index in force in `data_dir`, as it was built with the fake encoder: real Chroma, fake weights."""
    encoder = encoder or FakeEncoder()
    return _parts_on(open_index(data_dir, encoder.name, encoder.dimension), encoder, today)


def published_parts(url: str) -> Parts:
    """Like `indexed_parts`, on the index in force on the Chroma server at `url`."""
    encoder = FakeEncoder()
    index = PublishedIndexes.connect(url).open(IndexStamp(encoder.name, encoder.dimension))
    return _parts_on(index, encoder, TODAY)


def _parts_on(index: OpenIndex, encoder: Encoder, today: date) -> Parts:
    weights = fake_weights()
    ranker = Ranker(index.catalogue, index.store, index.classifier, weights.ranking)
    check = AnswerabilityCheck(index.catalogue, weights.answerability)
    assistant = Assistant(index.catalogue, encoder, ranker, check, today=lambda: today)
    return Parts(assistant, encoder, index.catalogue, ranker, check, index.store, index.stamp, index.folder)


def write_document(
    corpus: Path, document_id: str, metadata: Mapping[str, Any] | None = None, **prose: str | None
) -> Path:
    """Write one document's folder; `prose` is `fr=` and `en=`. Returns the folder."""
    folder = corpus / document_id
    folder.mkdir(parents=True, exist_ok=True)
    if metadata is not None:
        (folder / "document.yaml").write_text(yaml.safe_dump(dict(metadata), allow_unicode=True), "utf-8")
    for language, text in prose.items():
        if text is not None:
            (folder / f"{language}.md").write_text(text, "utf-8")
    return folder


def remove_document(corpus: Path, document_id: str) -> None:
    """Take a document out of a corpus folder."""
    folder = corpus / document_id
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def tiny_documents(folder: Path) -> tuple[Document, ...]:
    """The documents of `tiny_corpus`, written to `folder` and read."""
    return load_corpus(tiny_corpus(folder)).documents


def tiny_corpus(folder: Path) -> Path:
    """Write five documents that have one of each thing that matters, and return the corpus folder.

    * `opening`: both languages; a section of two sentences and one with a list;
    * `money`: both languages; one section with a conflict, one with a figure;
    * `bulletin`: French only;
    * `essay`: plain paragraphs in both languages, the fourth of which repeats the second;
    * `banquet`: under embargo until 2099.
    """
    corpus = folder / "corpus"
    _write_opening(corpus)
    _write_money(corpus)
    _write_bulletin(corpus)
    _write_essay(corpus)
    _write_banquet(corpus)
    return corpus


def _section(section_id: str, fr: Sequence[str], en: Sequence[str], **more: Any) -> dict[str, Any]:
    questions = {language: list(found) for language, found in (("fr", fr), ("en", en)) if found}
    return {"id": section_id, "sources": ["elysee"], "as_of": "2025-02-11", "questions": questions, **more}


def _about(fr: str | None, en: str | None, sections: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    titles = {language: title for language, title in (("fr", fr), ("en", en)) if title}
    sources = [{"id": "elysee", "name": "Élysée", "url": "https://www.elysee.fr/sommet", "date": "2025-02-11"}]
    return {
        "title": titles,
        "kind": "fact-sheet",
        "publisher": "Test desk",
        "date": "2025-02-12",
        "sources": sources,
        "sections": list(sections),
        **more,
    }


def _write_opening(corpus: Path) -> None:
    sections = (
        _section(
            "dates",
            ["Quand le sommet a-t-il eu lieu ?", "Qui a coprésidé le sommet ?"],
            ["When was the summit held?", "Who co-chaired the summit?"],
        ),
        _section(
            "themes",
            ["Quels étaient les thèmes du sommet ?", "Donne la liste des thèmes"],
            ["What were the themes of the summit?", "List the themes"],
        ),
    )
    write_document(
        corpus,
        "opening",
        _about("L’ouverture du sommet", "The opening of the summit", sections),
        fr=(
            "# L’ouverture du sommet\n\n## Les dates {#dates}\n\n"
            "Le sommet s’est tenu les 10 et 11 février 2025 au Grand Palais, à Paris. "
            "La France et l’Inde ont coprésidé le sommet.\n\n"
            "## Les thèmes {#themes}\n\nLe programme du sommet comptait trois thèmes :\n\n"
            "- l’IA au service de l’intérêt public ;\n- l’avenir du travail ;\n- la gouvernance mondiale.\n"
        ),
        en=(
            "# The opening of the summit\n\n## The dates {#dates}\n\n"
            "The summit took place on 10 and 11 February 2025 at the Grand Palais in Paris. "
            "France and India co-chaired the summit.\n\n"
            "## The themes {#themes}\n\nThe summit programme had three themes:\n\n"
            "- public interest AI;\n- the future of work;\n- global governance.\n"
        ),
    )


def _write_money(corpus: Path) -> None:
    conflict = {
        "note": {"fr": "Les sources divergent sur la chaîne.", "en": "Sources disagree on the channel."},
        "figures": [
            {"value": "France 2", "source": "BFM", "date": "2025-02-10"},
            {"value": "TF1", "source": "AFP", "date": "2025-02-09"},
        ],
    }
    sections = (
        _section(
            "total",
            ["Combien de milliards Emmanuel Macron a-t-il annoncés ?", "Que sont les 109 milliards d’euros ?"],
            ["How many billions did Emmanuel Macron announce?", "What are the 109 billion euros?"],
            conflicts=[conflict],
        ),
        _section(
            "fund",
            ["Qu’est-ce que Current AI ?", "Quel est le budget de Current AI ?"],
            ["What is Current AI?", "What is the budget of Current AI?"],
        ),
    )
    write_document(
        corpus,
        "money",
        _about("L’argent du sommet", "The money of the summit", sections),
        fr=(
            "# L’argent du sommet\n\n## Le total {#total}\n\n"
            "Emmanuel Macron a annoncé 109 milliards d’euros d’investissements privés à la télévision.\n\n"
            "## Current AI {#fund}\n\n"
            "Current AI est une fondation dotée de 400 millions de dollars. Elle finance des données ouvertes.\n"
        ),
        en=(
            "# The money of the summit\n\n## The total {#total}\n\n"
            "Emmanuel Macron announced 109 billion euros of private investment on television.\n\n"
            "## Current AI {#fund}\n\n"
            "Current AI is a foundation with 400 million dollars. It pays for open data.\n"
        ),
    )


def _write_bulletin(corpus: Path) -> None:
    bridge = _section("bridge", ["Quel pont était fermé pendant le sommet ?"], [])
    write_document(
        corpus,
        "bulletin",
        _about("Bulletin municipal", None, [bridge]),
        fr=(
            "# Bulletin municipal\n\n## Le pont fermé {#bridge}\n\n"
            "Le pont Alexandre-III est resté fermé trois jours pendant le sommet.\n"
        ),
    )


def _write_essay(corpus: Path) -> None:
    metadata = {
        "kind": "article",
        "author": "A. Writer",
        "translation": {"language": "en", "of": "fr", "by": "Test desk"},
    }
    write_document(
        corpus,
        "essay",
        metadata,
        fr=(
            "Un essai sur la souveraineté\n"
            "La souveraineté numérique demande des règles communes.\n"
            "Les citoyens attendent une technologie digne de confiance.\n"
            "La souveraineté numérique demande des règles communes.\n"
        ),
        en=(
            "An essay on sovereignty\n"
            "Digital sovereignty calls for common rules.\n"
            "Citizens expect a technology worthy of trust.\n"
            "Digital sovereignty calls for common rules.\n"
        ),
    )


def _write_banquet(corpus: Path) -> None:
    menu = _section("menu", ["Combien de convives au banquet secret ?"], ["How many guests at the secret banquet?"])
    write_document(
        corpus,
        "banquet",
        _about("Le banquet", "The banquet", [menu], not_before="2099-01-01"),
        fr="# Le banquet\n\n## Le menu {#menu}\n\nLe banquet secret a réuni 300 convives.\n",
        en="# The banquet\n\n## The menu {#menu}\n\nThe secret banquet gathered 300 guests.\n",
    )
