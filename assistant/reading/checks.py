"""What `check` says of the corpus without an encoder: structure, sources, both languages, wording."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.reading.agreement import disagreements
from assistant.reading.documents import Corpus
from assistant.reading.findings import Finding, Places
from assistant.reading.names import misspelt_names
from assistant.reading.passages import MAX_WORDS, split_section
from assistant.records import LANGUAGES, Document, Language, Section, other_language

# Kinds that we write ourselves, in both languages, with a source for every section.
WRITTEN_KINDS = frozenset({"fact-sheet", "reference", "corrected-premises"})
_LEANING = {
    "fr": re.compile(
        r"(?:Il|Elle|Ils|Elles|Ce|C['’]|Cela|Ceci|Cette|Ces|Cet|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Ce dernier)\b"
    ),
    "en": re.compile(r"(?:It|He|She|They|This|These|That|Those|Such|The latter|The former)\b"),
}
# « Il s'agit », "It is" with a clause behind it and the like lean as well, so no exception is made for them.
_WORD = re.compile(r"[^\s:;?!«»–]+")


def check_corpus(corpus: Corpus, corpus_dir: Path) -> list[Finding]:
    """Everything that is wrong, in the order of the files."""
    places = Places(corpus_dir)
    findings = [Finding(error.path or corpus_dir, error.line or 1, error.message) for error in corpus.skipped]
    for document in corpus.documents:
        for check in _CHECKS:
            findings.extend(check(document, places))
    findings.extend(_repeated_questions(corpus.documents, places))
    findings.extend(_told_before_its_day(corpus.documents, places))
    findings.extend(misspelt_names(corpus.documents, places))
    return sorted(findings)


def _has_both_languages(document: Document, places: Places) -> Iterator[Finding]:
    if document.kind not in WRITTEN_KINDS:
        return
    for language in LANGUAGES:
        if language not in document.texts:
            yield places.metadata(document, "title", f"{language}.md is missing; write the sheet in both languages")
    for section in document.sections:
        for language in document.texts:
            if language not in section.spans:
                yield places.prose(
                    document,
                    other_language(language),
                    f"#{section.id}}}",
                    f"section {section.id!r} has no {language} version; write it",
                )


def _is_not_empty(document: Document, places: Places) -> Iterator[Finding]:
    for section in document.sections:
        for language, (start, end) in section.spans.items():
            if not document.texts[language][start:end].strip():
                yield places.prose(
                    document, language, f"#{section.id}}}", f"section {section.id!r} is empty; write it or remove it"
                )


def _has_sources(document: Document, places: Places) -> Iterator[Finding]:
    known = {source.id for source in document.sources}
    for section in document.sections:
        for source_id in section.source_ids:
            if source_id not in known:
                yield places.metadata(
                    document,
                    source_id,
                    f"section {section.id!r} names source {source_id!r}, which is not listed; list it",
                )
        if document.kind in WRITTEN_KINDS and not section.source_ids:
            yield places.metadata(document, f"id: {section.id}", f"section {section.id!r} has no source; name one")
        if document.kind in WRITTEN_KINDS and section.as_of is None:
            yield places.metadata(document, f"id: {section.id}", f"section {section.id!r} has no as_of date; give one")
    used = {source_id for section in document.sections for source_id in section.source_ids}
    for source in document.sources:
        if source.id not in used:
            yield places.metadata(document, f"id: {source.id}", f"source {source.id!r} supports no section; remove it")


def _says_the_same(document: Document, places: Places) -> Iterator[Finding]:
    if document.kind not in WRITTEN_KINDS:
        return
    for section in document.sections:
        if len(section.spans) < len(LANGUAGES):
            continue
        for difference in disagreements(_body(document, section, "fr"), _body(document, section, "en")):
            yield places.prose(
                document,
                "en",
                f"#{section.id}}}",
                f"section {section.id!r}: the two versions differ in {difference}; make them agree",
            )


def _is_short(document: Document, places: Places) -> Iterator[Finding]:
    if document.kind not in WRITTEN_KINDS:
        return
    for section in document.sections:
        for language in section.spans:
            words = len(_WORD.findall(_body(document, section, language)))
            if words > MAX_WORDS:
                yield places.prose(
                    document,
                    language,
                    f"#{section.id}}}",
                    f"section {section.id!r} has {words} words; the limit is {MAX_WORDS}: split it",
                )


def _stands_alone(document: Document, places: Places) -> Iterator[Finding]:
    if document.kind not in WRITTEN_KINDS:
        return
    for section in document.sections:
        for language in section.spans:
            for passage in split_section(document, section, language):
                for sentence in passage.sentence_texts():
                    if _LEANING[language].match(sentence.lstrip("-*• «“")):
                        yield places.prose(
                            document,
                            language,
                            sentence,
                            f"this sentence leans on one that the reader may not see: {sentence[:60]!r}; name what it is about",
                        )


def _has_questions(document: Document, places: Places) -> Iterator[Finding]:
    if document.kind not in WRITTEN_KINDS:
        return
    for section in document.sections:
        counts = {language: len(section.questions.get(language, ())) for language in LANGUAGES}
        if min(counts.values()) == 0:
            yield places.metadata(
                document, f"id: {section.id}", f"section {section.id!r} lacks questions in one language; write some"
            )
        elif counts["fr"] != counts["en"]:
            yield places.metadata(
                document,
                f"id: {section.id}",
                f"section {section.id!r} has {counts['fr']} French and {counts['en']} English questions; write them in pairs",
            )


_CHECKS: Sequence[Callable[[Document, Places], Iterator[Finding]]] = (
    _has_both_languages,
    _is_not_empty,
    _has_sources,
    _says_the_same,
    _is_short,
    _stands_alone,
    _has_questions,
)


def _repeated_questions(documents: Sequence[Document], places: Places) -> Iterator[Finding]:
    seen: dict[str, list[tuple[Document, Section, str]]] = defaultdict(list)
    for document in documents:
        for section in document.sections:
            for questions in section.questions.values():
                for question in questions:
                    seen[" ".join(question.lower().split())].append((document, section, question))
    for (first_document, first, _), *others in seen.values():
        for document, section, question in others:
            yield places.metadata(
                document,
                question,
                f"question {question!r} of section {section.id!r} stands already in {first_document.id}#{first.id}; keep one",
            )


def _told_before_its_day(documents: Sequence[Document], places: Places) -> Iterator[Finding]:
    """Facts of a document under embargo that another document tells without one, or with an earlier one."""
    told: dict[str, list[tuple[Document, Section]]] = defaultdict(list)
    for document in documents:
        for section in document.sections:
            for fact in section.facts:
                told[fact].append((document, section))
    for fact, tellers in told.items():
        latest, kept = max(
            ((document.not_before or "", section) for document, section in tellers), key=lambda one: one[0]
        )
        for document, section in tellers:
            if (document.not_before or "") < latest:
                yield places.metadata(
                    document,
                    fact,
                    f"fact {fact!r} is under embargo until {latest} in section {kept.id!r}, but section {section.id!r} tells it "
                    f"before; give both documents the same not_before",
                )


def _body(document: Document, section: Section, language: Language) -> str:
    start, end = section.spans[language]
    return document.texts[language][start:end]
