"""A citation in the forms that are pasted elsewhere: plain text in French and English, BibTeX, CSL-JSON; an answer with notes.

Pure functions: the day of consultation and our own address of the passage are given. The quotation is never altered but for
line ends, which become spaces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from assistant.answering.as_text import provenance
from assistant.records import Answer, Citation, Language, Source
from assistant.web.escaping import is_web_address
from assistant.web.feedback import plain_text
from assistant.web.typography import NBSP, long_date, quoted
from assistant.web.wording import words

AddressOf = Callable[[Citation], str]
_SEMICOLON: Final[dict[Language, str]] = {"fr": "\u202f; ", "en": "; "}
_LATEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{letter: rf"\{letter}" for letter in "{}%&$#_"},
    }
)
_ISO: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_URL_UNSAFE: Final = re.compile(r'[\s{}\\"<>^`|]')


def plain(citation: Citation, language: Language, consulted: date, address: str = "") -> str:
    """Quotation, author, title, publisher, date, page, sources, address and the day of consultation, on one line."""
    wording = words(language)
    day = long_date(consulted.isoformat(), language)
    where = _address(citation, address)
    parts = [*_publication(citation, language), *_origin(citation, language)]
    parts.append(f"{where} ({wording['cite_consulted']} {day})" if where else f"{wording['cite_consulted']} {day}")
    text = citation.quote.text
    labels = []
    if citation.quote.passage.language != language:
        labels.append(wording[f"cite_{citation.quote.passage.language}"])
    if citation.translation:
        labels.append(wording["cite_translation"])
    label = f" ({', '.join(labels)})" if labels else ""
    return _one_line(f"{quoted(_one_line(text), citation.quote.passage.language)}{label}, {', '.join(parts)}.")


def bibtex(citation: Citation, consulted: date, address: str = "") -> str:
    """One BibTeX entry; the braces of its values are balanced whatever the document says."""
    passage = citation.quote.passage
    values = {
        # Inner braces keep capitals, and an organisation's name whole.
        "author": _latex(citation.author) if citation.author else f"{{{_latex(citation.publisher)}}}",
        "title": f"{{{_latex(citation.title)}}}",
        "publisher": _latex(citation.publisher),
        "year": _iso(citation.date)[:4],
        "date": _iso(citation.date),
        "pages": str(passage.page or ""),
        "url": _URL_UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", _address(citation, address)),
        "urldate": consulted.isoformat(),
        "langid": {"fr": "french", "en": "english"}[passage.language],
        "note": _latex(_note(citation)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in values.items() if value and value != "{}"]
    return f"@misc{{{_key(citation)},\n" + ",\n".join(lines) + "\n}"


def csl_item(citation: Citation, consulted: date, address: str = "") -> dict[str, Any]:
    """One item of CSL-JSON."""
    passage = citation.quote.passage
    where = _address(citation, address)
    item: dict[str, Any] = {
        "id": _key(citation),
        "type": "webpage",
        "title": _one_line(citation.title),
        "author": [{"literal": _one_line(citation.author or citation.publisher)}],
        "publisher": _one_line(citation.publisher),
        "issued": _date_parts(_iso(citation.date)),
        "accessed": _date_parts(consulted.isoformat()),
        "URL": where,
        "page": str(passage.page or ""),
        "language": passage.language,
        "note": _note(citation),
    }
    return {name: value for name, value in item.items() if value}


def csl_json(citation: Citation, consulted: date, address: str = "") -> str:
    """A CSL-JSON list of one item."""
    return _dumped([csl_item(citation, consulted, address)])


def answer_bibtex(answer: Answer, consulted: date, address_of: AddressOf) -> str:
    """Everything that an answer cites, as BibTeX."""
    return "\n\n".join(bibtex(one, consulted, address_of(one)) for one in _cited(answer)) + "\n"


def answer_csl_json(answer: Answer, consulted: date, address_of: AddressOf) -> str:
    """Everything that an answer cites, as one CSL-JSON list."""
    return _dumped([csl_item(one, consulted, address_of(one)) for one in _cited(answer)])


def answer_with_notes(answer: Answer, consulted: date, address: str = "", address_of: AddressOf = lambda _: "") -> str:
    """Question, answer, disagreements and numbered notes as plain text; `address` is the answer's own."""
    language = answer.language
    blocks = [_one_line(answer.question), answer.notice, answer.text if answer.sentences else ""]
    for conflict in answer.conflicts:
        figures = (
            f"– {one.value.best(language)} ({one.source}, {long_date(one.date, language)})" for one in conflict.figures
        )
        blocks.append("\n".join([conflict.note.best(language), *figures]))
    blocks.append(
        "\n".join(f"[{one.number}] {plain(one, language, consulted, address_of(one))}" for one in _cited(answer))
    )
    return "\n\n".join(plain_text(block) for block in (*blocks, provenance(answer), address) if block)


def _publication(citation: Citation, language: Language) -> list[str]:
    title = _one_line(citation.title)
    parts = [
        _one_line(citation.author) if citation.author and citation.author != citation.publisher else "",
        f"«{NBSP}{title}{NBSP}»" if language == "fr" else f"‘{title}’",
        _one_line(citation.publisher),
        long_date(citation.date, language) if citation.date else "",
        f"p.{NBSP}{citation.quote.passage.page}" if citation.quote.passage.page else "",
    ]
    return [part for part in parts if part]


def _origin(citation: Citation, language: Language) -> list[str]:
    wording = words(language)
    parts = []
    if citation.as_of:
        key = "cite_as_of_day" if citation.as_of.count("-") == 2 else "cite_as_of"
        parts.append(f"{wording[key]} {long_date(citation.as_of, language)}")
    if citation.sources:
        parts.append(
            f"{wording['cite_after']} {_SEMICOLON[language].join(_source(one, language) for one in citation.sources)}"
        )
    return parts


def _source(source: Source, language: Language) -> str:
    details = [long_date(source.date, language) if source.date else "", _web(source.url)]
    inside = ", ".join(part for part in details if part)
    return _one_line(source.name) + (f" ({inside})" if inside else "")


def _note(citation: Citation) -> str:
    language = citation.quote.passage.language
    return _SEMICOLON[language].join([quoted(_one_line(citation.quote.text), language), *_origin(citation, language)])


def _address(citation: Citation, address: str) -> str:
    return _web(citation.url) or address


def _web(url: str | None) -> str:
    """A link that may be followed, or nothing: what a document calls its address is not always one."""
    return _one_line(url) if url and is_web_address(url) else ""


def _cited(answer: Answer) -> tuple[Citation, ...]:
    return answer.citations or answer.closest


def _key(citation: Citation) -> str:
    section = citation.quote.passage.section
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{section.document_id}-{section.section_id}").strip("-")
    return f"{name or 'source'}-{citation.number}"


def _date_parts(iso: str) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in iso.split("-")]]} if iso else None


def _iso(text: str | None) -> str:
    """The date if it is one that a program can read, or nothing."""
    return text if text and _ISO.fullmatch(text) else ""


def _latex(text: str) -> str:
    return _one_line(text).translate(_LATEX)


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split("\n"))


def _dumped(items: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"
