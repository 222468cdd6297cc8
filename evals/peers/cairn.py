"""Cairn (PyPI `cairn-assistant`, Apache-2.0): lexical, extractive, cites or refuses. Asked through its own engine.

Each of our documents becomes one of its Markdown files a language; a paragraph of it is one of our passages, so that
what it quotes can be placed in our corpus. Its threshold is its own: nothing is calibrated on our questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.records import Answer, Document, Evidence, Language, Passage, Turn
from evals.peers.common import TOP, need, passages_of, quoted


class Cairn:
    """Cairn's engine on our documents; a conversation goes through its own session."""

    def __init__(self, documents: Sequence[Document], folder: Path) -> None:
        self._config: Any = need("cairn.config", "cairn-assistant").Config()
        self._session: Any = need("cairn.session", "cairn-assistant").Session
        self._documents = documents
        self._passages = write_corpus(documents, folder)
        self._index: Any = need("cairn.index", "cairn-assistant").build_index(folder)

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer with what Cairn quotes, or refuse where it does. What it retrieved are its eight candidates."""
        session = self._session()
        for turn in history:
            session.ask(turn.question, self._index, self._config)
        answer = session.ask(question, self._index, self._config, lang=language).result.answer
        said: Language = "fr" if answer.lang == "fr" else "en"
        evidence = tuple(
            Evidence(self._passages[one.passage.passage_id], one.score) for one in answer.trace.candidates[:TOP]
        )
        if answer.kind == "refusal":
            return Answer(question=question, language=said, outcome="refusal", notice=answer.text, evidence=evidence)
        passages = [self._passages[source.source_id] for source in answer.sources]
        return quoted(question, said, passages, self._documents, evidence)


def write_corpus(documents: Sequence[Document], folder: Path) -> Mapping[str, Passage]:
    """Write the documents as Cairn reads them, and return our passages by the ids that it will give them."""
    folder.mkdir(parents=True, exist_ok=True)
    by_file: dict[tuple[str, Language], list[Passage]] = {}
    for passage in passages_of(documents):
        by_file.setdefault((passage.section.document_id, passage.language), []).append(passage)
    titles = {document.id: document.titles for document in documents}
    named: dict[str, Passage] = {}
    for (document_id, language), passages in by_file.items():
        name = f"d-{document_id}-{language}"
        head = f"---\nid: {name}\ntitle: {titles[document_id].best(language)}\nlang: {language}\n---\n"
        body = "\n\n".join(_paragraph(passage) for passage in passages)
        (folder / f"{name}.md").write_text(head + body + "\n", "utf-8")
        named |= {f"{name}#{number}": passage for number, passage in enumerate(passages, start=1)}
    return named


def _paragraph(passage: Passage) -> str:
    text = " ".join(passage.text.split())
    return f"## {passage.heading}\n{text}" if passage.heading else text
