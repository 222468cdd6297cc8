"""Sentences that a language model wrote, as HTML: under each stands the quotation that carries it, with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.records import Answer, Citation, Sentence
from assistant.web.escaping import element, escaped, hidden_label, link
from assistant.web.rendering_sources import View
from assistant.web.typography import long_date, quoted


def written_sentences(answer: Answer, turn: str, view: View, references: Callable[[Sentence], str]) -> str:
    """Each sentence as a paragraph of its own, with the quotations under it; `references` gives the HTML of its markers.

    A sentence that is taken word for word is its quotation, which is not shown twice.
    """
    citations = {citation.number: citation for citation in answer.citations}
    return "".join(_sentence(one, citations, turn, view, references) for one in answer.sentences)


def support_mark(sentence: Sentence, view: View) -> str:
    """What the reader is told of a sentence beside its markers: translated, or supported; nothing where it is a quotation."""
    if sentence.support == "verbatim":
        return ""
    key = "translated" if sentence.translated else "supported"
    return element("span", escaped(view.say(key)), class_="support", title=view.say(f"{key}_help"))


def _sentence(
    sentence: Sentence,
    citations: Mapping[int, Citation],
    turn: str,
    view: View,
    references: Callable[[Sentence], str],
) -> str:
    paragraph = element("p", f"{escaped(sentence.text)}\u2060{references(sentence)}")
    if sentence.support == "verbatim":
        return paragraph
    return paragraph + "".join(_carrying(citations[number], turn, view) for number in sentence.citations)


def _carrying(citation: Citation, turn: str, view: View) -> str:
    """A quotation in its own language, and where it comes from."""
    language = citation.quote.passage.language
    text = element("p", escaped(quoted(" ".join(citation.quote.text.split()), language)), lang=language)
    date = long_date(citation.date, view.language) if citation.date else ""
    place = ", ".join(part for part in (citation.title, date) if part)
    label = (
        element("span", escaped(view.say(f"quotation_{language}")), class_="label") if language != view.language else ""
    )
    number = hidden_label(view.say("source") + " ") + f"{citation.number}. "
    source = element(
        "p", link(f"#{turn}-s{citation.number}", number + escaped(place)) + label, class_="place", lang=view.language
    )
    return element("blockquote", text + source, class_="carrying")
