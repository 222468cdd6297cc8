"""A citation in the forms that a journalist or a researcher pastes: plain text, BibTeX, CSL-JSON, and an answer with its notes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from assistant.records import Answer, Citation, Language
from assistant.web.typography import NBSP, long_date, quoted

_CONSULTED: Final[dict[Language, str]] = {"fr": "consulté le", "en": "consulted on"}
_AS_OF: Final[dict[Language, str]] = {"fr": "situation en date de", "en": "as of"}
_PAGE: Final[dict[Language, str]] = {"fr": "p.", "en": "p."}
_AFTER: Final[dict[Language, str]] = {"fr": "d’après", "en": "after"}
_BIBTEX_SPECIAL = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)  # fmt: skip


def plain(citation: Citation, language: Language, consulted: date, address: str = "") -> str:
    """Quotation, author, title, publisher, date, address and the day it was consulted, on one line."""
    passage = citation.quote.passage
    title = f"«{NBSP}{citation.title}{NBSP}»" if language == "fr" else citation.title
    parts = [citation.author, title, citation.publisher, long_date(citation.date, language) if citation.date else None]
    if passage.page:
        parts.append(f"{_PAGE[language]}{NBSP}{passage.page}")
    if citation.as_of:
        parts.append(f"{_AS_OF[language]} {long_date(citation.as_of, language)}")
    if citation.sources:
        parts.append(f"{_AFTER[language]} {'; '.join(source.name for source in citation.sources)}")
    parts.append(citation.url or address or None)
    parts.append(f"{_CONSULTED[language]} {long_date(consulted.isoformat(), language)}")
    quotation = quoted(_one_line(citation.quote.text), passage.language)
    return f"{quotation} {', '.join(part for part in parts if part)}."


def bibtex(citation: Citation, consulted: date, address: str = "") -> str:
    """A BibTeX entry."""
    passage = citation.quote.passage
    fields = {
        "title": citation.title,
        "author": citation.author or citation.publisher,
        "publisher": citation.publisher,
        "year": citation.date[:4] if citation.date else "",
        "date": citation.date or "",
        "pages": str(passage.page) if passage.page else "",
        "url": citation.url or address,
        "urldate": consulted.isoformat(),
        "langid": {"fr": "french", "en": "english"}[passage.language],
        "note": f"“{_one_line(citation.quote.text)}”",
    }
    lines = [f"  {name} = {{{_bibtex_value(name, value)}}}" for name, value in fields.items() if value]
    return f"@misc{{{_key(citation)},\n" + ",\n".join(lines) + "\n}"


def csl_json(citation: Citation, consulted: date, address: str = "") -> str:
    """A CSL-JSON array with one item."""
    return json.dumps([_csl_item(citation, consulted, address)], ensure_ascii=False, indent=2)


def answer_with_notes(answer: Answer, consulted: date, address: str = "") -> str:
    """Question, answer and numbered notes as plain text."""
    language = answer.language
    lines = [answer.question, "", answer.text]
    for conflict in answer.conflicts:
        figures = (f"{one.value.best(language)} ({one.source}, {long_date(one.date, language)})" for one in conflict.figures)
        lines += ["", conflict.note.best(language), *(f"– {figure}" for figure in figures)]
    notes: Sequence[Citation] = answer.citations or answer.closest
    lines += ["", *(f"[{citation.number}] {plain(citation, language, consulted)}" for citation in notes)]
    return "\n".join([*lines, "", address] if address else lines).strip()


def _csl_item(citation: Citation, consulted: date, address: str) -> dict[str, Any]:
    passage = citation.quote.passage
    item: dict[str, Any] = {
        "id": _key(citation),
        "type": "webpage",
        "title": citation.title,
        "author": [{"literal": citation.author or citation.publisher}],
        "publisher": citation.publisher,
        "language": passage.language,
        "accessed": {"date-parts": [[consulted.year, consulted.month, consulted.day]]},
        "note": _one_line(citation.quote.text),
    }
    if citation.date:
        item["issued"] = {"date-parts": [[int(part) for part in re.findall(r"\d+", citation.date)[:3]]]}
    if citation.url or address:
        item["URL"] = citation.url or address
    if passage.page:
        item["page"] = str(passage.page)
    return item


def _key(citation: Citation) -> str:
    passage = citation.quote.passage
    return re.sub(r"[^A-Za-z0-9-]+", "-", f"{passage.section.document_id}-{passage.section.section_id}").strip("-")


def _bibtex_value(name: str, value: str) -> str:
    # A web address is taken letter for letter by biblatex.
    if name == "url":
        return value.replace("{", "%7B").replace("}", "%7D")
    return value.translate(_BIBTEX_SPECIAL)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()
