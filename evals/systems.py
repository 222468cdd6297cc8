"""What can be measured: anything with the assistant's public door, `ask`. The assistant itself is built here."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.records import Answer, Language, Turn
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.search.encoder import Encoder
    from assistant.wiring import Parts


class Answerer(Protocol):
    """The public door: what the assistant, its fakes and its peers have in common."""

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """Answer one question."""


# An answerer with a question, the turns before it and the page's language.
Traced = Callable[[Answerer, str, Sequence[Turn], Language | None], tuple[Answer, float | None]]


@dataclass(frozen=True, slots=True)
class System:
    """An answerer that can be built on any corpus folder, with what a run has to record of it.

    `build` gets the corpus folder and a folder where it may keep an index for it; `build_crowded` does the same for a
    corpus of `evals.crowd`. `embed` is the assistant's own query embedding, the unit of latency; `traced` asks like the
    public door and tells besides how probable the assistant holds it that the question is answerable.
    """

    name: str
    corpus_dir: Path
    cache_dir: Path
    build: Callable[[Path, Path], Answerer]
    build_crowded: Callable[[Path, Path], Answerer] | None = None
    embed: Callable[[str], Any] | None = None
    traced: Traced | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    stamp: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None


def assistant_system(environ: Mapping[str, str]) -> System:
    """The assistant as `environ` configures it; its index is brought up to date with the corpus first."""
    # Imported here: comparing, gating and publishing must not wait for the model's libraries.
    from assistant.wiring import ready_parts

    settings = Settings.from_env(environ)
    parts = ready_parts(settings, say=lambda line: print(line, file=sys.stderr))
    public = public_settings(settings)
    return System(
        name="assistant",
        corpus_dir=settings.corpus_dir,
        cache_dir=settings.data_dir / "evals",
        build=lambda corpus_dir, folder: _on_corpus(settings, parts, corpus_dir, folder),
        build_crowded=lambda corpus_dir, folder: _crowded(settings, parts, corpus_dir, folder),
        embed=parts.encoder.embed_query,
        traced=_traced,
        settings=public,
        stamp={name: str(value) for name, value in asdict(parts.stamp).items()},
        model=public.get("llm"),
    )


def public_settings(settings: Settings) -> Mapping[str, str]:
    """The settings that can change an answer, without secrets, addresses or this machine's folders."""
    dumped = settings.model_dump(mode="json")
    return {name: str(value) for name, value in dumped.items() if value is not None and not _private(name)}


def _on_corpus(
    settings: Settings, parts: Parts, corpus_dir: Path, folder: Path, encoder: Encoder | None = None
) -> Answerer:
    """The assistant on its own corpus, or on a view whose index begins as a copy: nothing is embedded twice."""
    if corpus_dir == settings.corpus_dir:
        return parts.assistant
    from assistant.wiring import index_corpus, open_parts

    encoder = encoder or parts.encoder
    view = settings.model_copy(update={"corpus_dir": corpus_dir, "data_dir": folder, "chroma_url": ""})
    if not (folder / "index").exists() and (settings.data_dir / "index").exists():
        shutil.copytree(settings.data_dir / "index", folder / "index", ignore=shutil.ignore_patterns("lock"))
    index_corpus(view, encoder)
    return open_parts(view, encoder).assistant


def _crowded(settings: Settings, parts: Parts, corpus_dir: Path, folder: Path) -> Answerer:
    from evals.distractors import DistractorEncoder

    return _on_corpus(settings, parts, corpus_dir, folder, DistractorEncoder(parts.encoder))


def _traced(
    answerer: Answerer, question: str, history: Sequence[Turn], language: Language | None
) -> tuple[Answer, float | None]:
    from assistant.answering.chat import Assistant

    assert isinstance(answerer, Assistant)
    trace = answerer.trace(question, history, language)
    return trace.answer, trace.reading.found.verdict.answers if trace.reading else None


def _private(name: str) -> bool:
    return any(word in name for word in ("key", "token", "secret", "password", "url", "dir", "host", "port"))
