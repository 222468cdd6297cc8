"""A kept answer as its page shows it: every quotation in its passage, beside what the documents say today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote as percent_encoded

from assistant.records import LANGUAGES, Citation, Language, SectionKey
from assistant.search.catalogue import Catalogue
from assistant.web.citation_formats import plain
from assistant.web.corrections import Correction, CorrectionLog
from assistant.web.documents import Line, Now, line_blocks, what_became
from assistant.web.permalinks import StoredAnswer, newest_date


@dataclass(frozen=True, slots=True)
class CitedView:
    """A citation with its passage around the quotation, what became of it, and how it is cited elsewhere."""

    citation: Citation
    now: Now
    corrections: tuple[Correction, ...]
    references: tuple[tuple[Language, str], ...]

    @property
    def passage(self) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
        """The passage as paragraphs and lists; each line is what stands before the quotation, what is quoted, and the rest."""
        quote = self.citation.quote
        return tuple(
            (kind, tuple(_marked(line, quote.start, quote.end) for line in lines))
            for kind, lines in line_blocks(quote.passage.text)
        )


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer's page. `corpus_now` and `corpus_date_now` name the corpus of today."""

    stored: StoredAnswer
    cited: tuple[CitedView, ...]
    corpus_now: str
    corpus_date_now: str

    @property
    def altered(self) -> tuple[CitedView, ...]:
        """The quotations that a reader must be warned of."""
        return tuple(one for one in self.cited if one.now.state != "unchanged" or one.corrections)


def view_answer(
    stored: StoredAnswer, catalogue: Catalogue, log: CorrectionLog, today: date, address_of: Callable[[Citation], str]
) -> AnswerView | None:
    """The answer's page, or None where it quotes a document that may not be shown today."""
    embargoed = catalogue.embargoed(today)
    citations = (*stored.answer.citations, *stored.answer.closest)
    if any(one.quote.passage.section.document_id in embargoed for one in citations):
        return None
    # Two quotations of one section share what stands beside it.
    first = {one.quote.passage.section: one.number for one in reversed(citations)}
    cited = tuple(
        CitedView(
            one,
            what_became(one.quote, catalogue, beside=first[one.quote.passage.section] == one.number),
            log.of(one.quote.passage.section, stored.answered_on),
            tuple((language, plain(one, language, today, address_of(one))) for language in LANGUAGES),
        )
        for one in citations
    )
    return AnswerView(stored, cited, catalogue.version, newest_date(catalogue, today))


def section_path(section: SectionKey, language: Language) -> str:
    """Where a section can be read in its document."""
    document, fragment = (percent_encoded(part, safe="") for part in (section.document_id, section.section_id))
    return f"/d/{document}?lang={language}#{fragment}"


def _marked(line: Line, start: int, end: int) -> tuple[str, str, str]:
    begin, finish = (min(max(offset - line.start, 0), len(line.text)) for offset in (start, end))
    return line.text[:begin], line.text[begin:finish], line.text[finish:]
