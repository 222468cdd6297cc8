"""The sources of an answer as HTML: title, publisher, dates, and the passage with its quotation marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.records import Citation, Language, Source
from assistant.web import citation_formats
from assistant.web.escaping import copy_button, copy_text, element, escaped, hidden_label, is_web_address, link
from assistant.web.typography import long_date
from assistant.web.wording import words

# Up to this many sources stand open at once; more would bury the answer on a phone.
_OPEN_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class View:
    """How answers are shown: the page's language, today, and what else the site has."""

    language: Language
    today: date
    origin: str = ""
    permalinks: bool = False
    document_pages: bool = False
    feedback: bool = False

    def say(self, key: str) -> str:
        """A string of the page."""
        return words(self.language)[key]


def source_list(citations: Sequence[Citation], turn: str, view: View, *, cited: bool = True) -> str:
    """The citations as a numbered list. `cited` is False for nearest passages, which no sentence refers to."""
    is_open = len(citations) <= _OPEN_AT_ONCE
    items = (element("li", _source(one, f"{turn}-s{one.number}", view, is_open, cited)) for one in citations)
    heading = element("h3", escaped(view.say("sources" if cited else "closest_list")))
    return element("aside", heading + element("ol", "".join(items)), class_="sources" if cited else "sources nearest")


def _source(citation: Citation, identifier: str, view: View, is_open: bool, cited: bool) -> str:
    parts = (
        _passage(citation, cited),
        _labels(citation, view, cited),
        _origins(citation.sources, view),
        _links(citation, identifier, view, cited),
        _copying(citation, identifier, view),
    )
    body = element("div", "".join(parts), class_="source-body")
    opened = "" if is_open else None
    return element("details", _summary(citation, view) + body, class_="source", id=identifier, open=opened)


def _summary(citation: Citation, view: View) -> str:
    number = element("span", hidden_label(view.say("source") + " ") + str(citation.number), class_="number")
    title = element("span", escaped(citation.title), class_="title")
    facts = [escaped(part) for part in (citation.author, citation.publisher) if part]
    if citation.date:
        key = "published_day" if citation.date.count("-") == 2 else "published"
        facts.append(escaped(view.say(key).format(date=long_date(citation.date, view.language))))
    heading = citation.quote.passage.heading
    section = (
        element("span", escaped(heading), class_="section", lang=citation.quote.passage.language) if heading else ""
    )
    details = element("span", ", ".join(facts), class_="publication")
    return element("summary", number + element("span", title + section + details, class_="heading"))


def _passage(citation: Citation, cited: bool) -> str:
    quote = citation.quote
    text = quote.passage.text
    marked = element("mark", escaped(quote.text)) if cited else escaped(quote.text)
    content = escaped(text[: quote.start]) + marked + escaped(text[quote.end :])
    return element("blockquote", element("p", content, class_="passage"), lang=quote.passage.language)


def _labels(citation: Citation, view: View, cited: bool) -> str:
    passage_language = citation.quote.passage.language
    labels = []
    if citation.as_of:
        key = "as_of_day" if citation.as_of.count("-") == 2 else "as_of"
        day = view.say(key).format(date=long_date(citation.as_of, view.language))
        labels.append(element("span", escaped(day), class_="label as-of"))
    if page := citation.quote.passage.page:
        labels.append(element("span", escaped(view.say("page_number").format(page=page)), class_="label"))
    if cited:
        labels.append(
            element("span", escaped(view.say("verbatim")), class_="label verbatim", title=view.say("verbatim_help"))
        )
    if passage_language != view.language:
        labels.append(element("span", escaped(view.say(f"in_{passage_language}")), class_="label"))
    if citation.translation:
        labels.append(element("span", escaped(view.say("translation")), class_="label"))
    return element("p", " ".join(labels), class_="labels") if labels else ""


def _origins(sources: Sequence[Source], view: View) -> str:
    if not sources:
        return ""
    items = (
        element(
            "li", link(one.url, escaped(one.name)) + (f", {long_date(one.date, view.language)}" if one.date else "")
        )
        for one in sources
    )
    heading = element("p", escaped(view.say("based_on")), class_="small-heading")
    return element("div", heading + element("ul", "".join(items)), class_="origins")


def _links(citation: Citation, identifier: str, view: View, cited: bool) -> str:
    links = []
    section = citation.quote.passage.section
    if view.document_pages:
        address = f"/d/{section.document_id}?lang={citation.quote.passage.language}#{section.section_id}"
        links.append(link(address, escaped(view.say("in_document"))))
    if citation.url and is_web_address(citation.url):
        links.append(link(citation.url, escaped(view.say("original"))))
    if cited:
        back = identifier.replace("-s", "-r")
        links.append(link(f"#{back}", escaped(view.say("back")), class_="back"))
    return element("p", " ".join(links), class_="links") if links else ""


def _copying(citation: Citation, identifier: str, view: View) -> str:
    section = citation.quote.passage.section
    address = f"{view.origin}/d/{section.document_id}#{section.section_id}" if view.document_pages else ""
    forms = {
        "fr": citation_formats.plain(citation, "fr", view.today, address),
        "en": citation_formats.plain(citation, "en", view.today, address),
        "bibtex": citation_formats.bibtex(citation, view.today, address),
        "csl": citation_formats.csl_json(citation, view.today, address),
    }
    label = element("span", escaped(view.say("copy_reference")), class_="small-heading")
    buttons = "".join(copy_button(view.say(f"form_{name}"), f"{identifier}-{name}") for name in forms)
    texts = "".join(copy_text(f"{identifier}-{name}", text) for name, text in forms.items())
    # Gradio's sanitiser takes aria-label away; a title names the group as well.
    title = view.say("copy_reference")
    return element("div", f"{label} {buttons}{texts}", class_="copying", role="group", title=title)
