"""What stands beside and under a sentence that a language model wrote, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import Citation, Sentence
from assistant.web.escaping import element, escaped, hidden_label, link
from assistant.web.rendering_sources import View
from assistant.web.typography import long_date, quoted


def support_mark(sentence: Sentence, view: View) -> str:
    """That a sentence is a translation, or is supported; nothing where it is taken word for word."""
    if sentence.support == "verbatim":
        return ""
    word, help_text = ("translated", "translated_help") if sentence.translated else ("supported", "supported_help")
    return element("span", escaped(view.say(word)), class_="support", title=view.say(help_text))


def carrying_quotations(sentence: Sentence, citations: Sequence[Citation], turn: str, view: View) -> str:
    """The quotations that carry a sentence, each with its source; a sentence taken word for word is not shown twice."""
    if sentence.support == "verbatim":
        return ""
    return "".join(_quotation(one, turn, view) for one in citations if one.number in sentence.citations)


def _quotation(citation: Citation, turn: str, view: View) -> str:
    language = citation.quote.passage.language
    text = element("p", escaped(quoted(" ".join(citation.quote.text.split()), language)), lang=language)
    date = long_date(citation.date, view.language) if citation.date else ""
    place = ", ".join(part for part in (citation.title, date) if part)
    number = hidden_label(view.say("source") + " ") + f"{citation.number}. "
    source = link(f"#{turn}-s{citation.number}", number + escaped(place))
    if language != view.language:
        source += " " + element("span", escaped(view.say(f"quotation_{language}")), class_="label")
    return element("blockquote", text + element("p", source, class_="place", lang=view.language), class_="carrying")
