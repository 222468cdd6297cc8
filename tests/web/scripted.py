"""A scripted assistant for the page: each question has its answer, so that tests know every word that should be shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.chat import answer_id
from assistant.answering.wording import CLOSEST, REFUSAL, refusal_suggestions
from assistant.records import (
    Answer,
    Bilingual,
    Citation,
    Conflict,
    Document,
    Figure,
    Language,
    Outcome,
    Passage,
    Quote,
    Section,
    SectionKey,
    Sentence,
    Source,
    Support,
    Turn,
)
from assistant.search.catalogue import Catalogue

FRENCH_TEXT = "Anne Bouverot était l’envoyée spéciale. Elle a préparé le sommet dès 2024. Le sommet s’est tenu à Paris."
ENGLISH_TEXT = "Anne Bouverot was the special envoy. She prepared the summit from 2024. The summit was held in Paris."
FRENCH_QUESTION = "Qui était l’envoyée spéciale ?"
ENGLISH_QUESTION = "Who was the special envoy?"
FRENCH_SENTENCES = tuple(f"{one.rstrip('.')}." for one in FRENCH_TEXT.split(". "))
ENGLISH_SENTENCES = tuple(f"{one.rstrip('.')}." for one in ENGLISH_TEXT.split(". "))
# What is never released ends with the test run all the same.
_LONGEST_SECONDS = 60.0
HOSTILE = (
    "<script>window.hit=1</script>",
    '<img src=x onerror="window.hit=2">',
    '<svg onload="window.hit=3"></svg>',
    '<a href="javascript:window.hit=4">click</a>',
    '"><iframe srcdoc="<script>parent.hit=5</script>"></iframe>',
    "</p></article></details><script>window.hit=6</script>",
    "[x](javascript:window.hit=7)",
    "![x](http://tracker.example/pixel.png)",
    "<img src=http://tracker.example/pixel.png>",
    '<form action="http://evil.example"><button>send</button></form>',
    "<style>body{display:none}</style>",
    '<base href="http://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=http://evil.example">',
    '<link rel=stylesheet href="http://evil.example/a.css">',
    "$$\\href{javascript:window.hit=15}{x}$$",
    "`${window.hit=16}` {{window.hit=16}}",
    "\n\n# heading\n\n<script>window.hit=17</script>\n",
    '<details open ontoggle="window.hit=18">x</details>',
    "\u202etxet desrever\u202c\x00\x07\x1b[31m",
    '<object data="javascript:window.hit=20"></object><embed src="javascript:window.hit=20">',
)


def tiny_document() -> Document:
    """One sheet of three sections in both languages, each with a question."""
    sections = []
    position = {"fr": 0, "en": 0}
    for number, name in enumerate(("envoy", "work", "place")):
        texts: dict[Language, str] = {"fr": FRENCH_SENTENCES[number], "en": ENGLISH_SENTENCES[number]}
        spans = {language: (position[language], position[language] + len(text)) for language, text in texts.items()}
        for language, text in texts.items():
            position[language] += len(text) + 1
        questions: dict[Language, tuple[str, ...]] = {"fr": (f"Question {name} ?",), "en": (f"Question {name}?",)}
        sections.append(
            Section(name, Bilingual(f"Partie {name}", f"Part {name}"), spans, as_of="2025-02-11", questions=questions)
        )
    texts = {"fr": " ".join(FRENCH_SENTENCES), "en": " ".join(ENGLISH_SENTENCES)}
    titles = Bilingual("L’envoyée spéciale", "The special envoy")
    return Document("envoy-sheet", "fact-sheet", titles, texts, tuple(sections), "Summit assistant", date="2025-03-01")


def citation(number: int, language: Language, index: int = 0, **changes: object) -> Citation:
    """A citation of one sentence of the tiny sheet."""
    text = {"fr": FRENCH_TEXT, "en": ENGLISH_TEXT}[language]
    sentence = {"fr": FRENCH_SENTENCES, "en": ENGLISH_SENTENCES}[language][index]
    key = SectionKey("envoy-sheet", ("envoy", "work", "place")[index])
    passage = Passage(f"envoy-{language}-{index}", key, language, 0, len(text), text, heading="Anne Bouverot")
    start = text.index(sentence)
    base = Citation(
        number,
        Quote(passage, start, start + len(sentence)),
        tiny_document().titles.best(language),
        "Summit assistant",
        date="2025-03-01",
        as_of="2025-02-11",
        sources=(Source("press", "Le Quotidien", "https://press.example/article", "2025-02-11"),),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # a test names the fields it changes


def scripted_answer(question: str, language: Language) -> Answer:
    """What the assistant says to `question`; unknown questions are refused."""
    sentences = {"fr": FRENCH_SENTENCES, "en": ENGLISH_SENTENCES}[language]
    if question in HOSTILE:
        return _hostile(question, language)
    if question in {FRENCH_QUESTION, ENGLISH_QUESTION, "slow", "sources"}:
        return _answer(question, language, sentences, "verbatim")
    if question == "conflict":
        figures = (
            Figure(Bilingual("58 pays", "58 countries"), "AFP", "2025-02-11"),
            Figure(Bilingual("61 pays", "61 countries"), "Anadolu", "2025-02"),
        )
        note = Bilingual("Les décomptes diffèrent.", "Counts differ.")
        return _named(
            replace(
                _answer(question, language, sentences[:1], "supported"),
                conflicts=(Conflict(note, figures),),
                mode="generation",
                model="m",
                withheld=2,
            )
        )
    if question == "closest":
        nearest = tuple(citation(number, language, number - 1) for number in (1, 2, 3))
        return _named(Answer(question, language, "closest", closest=nearest, notice=CLOSEST[language]))
    outcome: Outcome = "refusal"
    return _named(
        Answer(question, language, outcome, notice=REFUSAL[language], suggestions=refusal_suggestions(language))
    )


def _answer(question: str, language: Language, sentences: Sequence[str], support: Support) -> Answer:
    cited = tuple(citation(number, language, number - 1) for number in range(1, len(sentences) + 1))
    said = tuple(Sentence(text, (number,), support) for number, text in enumerate(sentences, start=1))
    return _named(Answer(question, language, "answer", sentences=said, citations=cited))


def _hostile(text: str, language: Language) -> Answer:
    passage = Passage("p", SectionKey('"><script>', "<b>"), language, 0, len(text), text, heading=text)
    source = Source("s", text, "javascript:window.hit=21", "2025")
    cited = Citation(
        1,
        Quote(passage, 0, len(text)),
        text,
        text,
        date=text,
        author=text,
        as_of=text,
        url="javascript:window.hit=22",
        sources=(source,),
    )
    conflict = Conflict(Bilingual(text, text), (Figure(Bilingual(text, text), text, text),))
    answer = Answer(
        text,
        language,
        "answer",
        (Sentence(text, (1,)),),
        (cited,),
        conflicts=(conflict,),
        notice=text,
        suggestions=(text,),
    )
    return _named(replace(answer, model=text, mode="generation"))


def _named(answer: Answer) -> Answer:
    versioned = replace(answer, corpus_version="0123456789abcdef")
    return replace(versioned, id=answer_id(versioned, versioned.corpus_version))


class ScriptedAssistant:
    """Follows the script, and records what it was asked with which history; "slow" stops after its first sentence until released."""

    def __init__(self, pause: float = 0.0) -> None:
        self.asked: list[tuple[str, tuple[str, ...], Language | None]] = []
        self._pause = pause
        self._held = threading.Event()

    def release(self) -> None:
        """Let every "slow" answer that has begun go on; those that begin later stop again."""
        held, self._held = self._held, threading.Event()
        held.set()

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """The scripted answer."""
        self.asked.append((question, tuple(turn.question for turn in history), language))
        if question == "broken":
            raise RuntimeError("the script says so")
        return scripted_answer(question, "en" if question == ENGLISH_QUESTION else language or "fr")

    def stream(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Iterator[Answer]:
        """The same, a sentence at a time."""
        held = self._held
        answer = self.ask(question, history, language)
        for count in range(1, len(answer.sentences)):
            yield replace(answer, sentences=answer.sentences[:count], citations=answer.citations[:count])
            if question == "slow":
                held.wait(_LONGEST_SECONDS)
            time.sleep(self._pause)
        yield answer


@dataclass
class ScriptedParts:
    """The scripted assistant with its one document."""

    assistant: ScriptedAssistant = field(default_factory=ScriptedAssistant)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue.of([tiny_document()]))


@dataclass
class ListStore:
    """A store that keeps what it is told in lists."""

    remembered: list[Answer] = field(default_factory=list)
    said: list[tuple[str, str, str]] = field(default_factory=list)

    def remember(self, answer: Answer) -> None:
        """Keep the answer."""
        self.remembered.append(answer)

    def feedback(self, answer_id: str, verdict: str, text: str = "") -> None:
        """Keep the verdict."""
        self.said.append((answer_id, verdict, text))


@dataclass
class CountdownLimiter:
    """Lets `left` questions through, then asks for a minute."""

    left: int

    def check(self, client_key: str) -> float | None:
        """Count one."""
        assert client_key
        self.left -= 1
        return None if self.left >= 0 else 60.0
