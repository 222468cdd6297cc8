"""A question and its answer as HTML for the page: one line, every text of a document or a visitor escaped, no script.

The line begins with a block element and has no line break, so that Gradio's Markdown component takes it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.wording import did_you_mean
from assistant.records import Answer, Conflict, Sentence
from assistant.web.citation_formats import answer_with_notes
from assistant.web.escaping import copy_button, copy_text, element, escaped, hidden_label, link
from assistant.web.feedback import VERDICTS
from assistant.web.rendering_sources import View, source_list
from assistant.web.rendering_written import carrying_quotations, support_mark
from assistant.web.typography import counted, long_date

_LIST_ITEM = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s+")
_MAX_HEADING_CHARS = 400


def bounded(question: str) -> str:
    """The question as the page shows it; the assistant is given all of it and says what it thinks of its length."""
    return question if len(question) <= _MAX_HEADING_CHARS else question[:_MAX_HEADING_CHARS] + "…"


def pending_turn(question: str, turn: str, view: View) -> str:
    """The question while its answer is being looked for."""
    waiting = element("p", escaped(view.say("pending")), class_="pending")
    return _turn(question, turn, "pending-turn", waiting, view)


def stopped_turn(question: str, turn: str, view: View, key: str = "stopped") -> str:
    """The question with one line in place of an answer."""
    return _turn(question, turn, "stopped-turn", element("p", escaped(view.say(key)), class_="notice"), view)


def told_turn(question: str, turn: str, view: View, message: str) -> str:
    """The question with a message that is no answer: busy, wait, failed."""
    return _turn(question, turn, "stopped-turn", element("p", escaped(message), class_="notice"), view)


def answer_turn(answer: Answer, turn: str, view: View, *, complete: bool = True) -> str:
    """The question with its answer and sources; `complete` is False while sentences are still to come."""
    body = _text_column(answer, turn, view, complete)
    if answer.citations:
        body += source_list(answer.citations, turn, view)
    elif answer.closest:
        body += source_list(answer.closest, turn, view, cited=False)
    return _turn(answer.question, turn, answer.outcome, body, view)


def status_text(answer: Answer, view: View) -> str:
    """What a screen reader is told when the answer is complete."""

    def count(number: int, noun: str) -> str:
        return counted(number, view.say(f"{noun}_one"), view.say(f"{noun}_many"), view.language)

    return view.say(f"status_{answer.outcome}").format(
        sentences=count(len(answer.sentences), "sentence"),
        sources=count(len(answer.citations), "source"),
        passages=count(len(answer.closest), "passage"),
    )


def _turn(question: str, turn: str, kind: str, body: str, view: View) -> str:
    label = hidden_label(view.say("you_asked") + " ")
    heading = element("h2", label + escaped(bounded(question)), class_="question", id=turn, tabindex="-1")
    return element("article", heading + element("div", body, class_="reply"), class_=f"turn {kind}")


def _text_column(answer: Answer, turn: str, view: View, complete: bool) -> str:
    parts = [_notice(answer, view)]
    if answer.sentences:
        parts.append(element("div", _said(answer, turn, view), class_="text", lang=answer.language))
        parts += [_conflict(one, answer, view) for one in answer.conflicts]
    if complete:
        parts += [_provenance(answer, view), _actions(answer, turn, view)]
    return element("div", "".join(parts), class_="said")


def _notice(answer: Answer, view: View) -> str:
    title = ""
    if answer.outcome != "answer":
        title = element("p", escaped(view.say(f"{answer.outcome}_title")), class_="notice-title")
    mended = did_you_mean(answer.did_you_mean, answer.language)
    if mended:
        title += element("p", escaped(mended), class_="notice did-you-mean", lang=answer.language)
    if not answer.notice:
        return title
    return title + element("p", escaped(answer.notice), class_="notice", lang=answer.language)


def _said(answer: Answer, turn: str, view: View) -> str:
    seen: set[int] = set()
    if answer.mode == "quotes":
        return _sentences(answer.sentences, turn, view, seen)
    return "".join(
        _sentences((one,), turn, view, seen) + carrying_quotations(one, answer.citations, turn, view)
        for one in answer.sentences
    )


def _sentences(sentences: Sequence[Sentence], turn: str, view: View, seen: set[int]) -> str:
    """The sentences as paragraphs; the lines of a list become a list after the sentence that introduces it."""
    blocks: list[str] = []
    running: list[str] = []
    for sentence in sentences:
        lines = [line for line in sentence.text.split("\n") if line.strip()]
        items = [line for line in lines if _LIST_ITEM.match(line)]
        prose = " ".join(line for line in lines if line not in items)
        references = _references(sentence, turn, view, seen)
        running.append(f"{escaped(prose)}\u2060{references}" if prose else references)
        if items:
            blocks += [element("p", " ".join(running)), _list(items)]
            running = []
    return "".join([*blocks, element("p", " ".join(running))] if running else blocks)


def _list(items: Sequence[str]) -> str:
    return element("ul", "".join(element("li", escaped(_LIST_ITEM.sub("", item, count=1))) for item in items))


def _references(sentence: Sentence, turn: str, view: View, seen: set[int]) -> str:
    links = []
    for number in sentence.citations:
        identifier = None if number in seen else f"{turn}-r{number}"
        seen.add(number)
        label = hidden_label(view.say("source") + " ") + str(number)
        links.append(link(f"#{turn}-s{number}", label, class_="reference", id=identifier))
    return element("sup", "".join(links) + support_mark(sentence, view), lang=view.language)


def _conflict(conflict: Conflict, answer: Answer, view: View) -> str:
    head = "".join(element("th", escaped(view.say(key)), scope="col") for key in ("figure", "source", "date"))
    rows = "".join(
        element(
            "tr",
            element("td", escaped(one.value.best(answer.language)), lang=answer.language)
            + element("td", escaped(one.source))
            + element("td", escaped(long_date(one.date, view.language))),
        )
        for one in conflict.figures
    )
    caption = element("h3", escaped(view.say("conflict")))
    note = element("p", escaped(conflict.note.best(answer.language)), lang=answer.language)
    table = element("table", element("thead", element("tr", head)) + element("tbody", rows)) if rows else ""
    return element("section", caption + note + table, class_="conflict")


def _provenance(answer: Answer, view: View) -> str:
    facts = []
    if answer.outcome == "answer":
        verbatim = all(sentence.support == "verbatim" for sentence in answer.sentences)
        facts.append(view.say("all_verbatim" if verbatim else "some_supported"))
    if answer.mode == "generation":
        facts.append(view.say("generated").format(model=answer.model or "?"))
    if answer.withheld:
        facts.append(
            view.say("withheld_one" if answer.withheld == 1 else "withheld_many").format(count=answer.withheld)
        )
    if answer.corpus_version and answer.outcome != "refusal":
        facts.append(view.say("corpus").format(version=answer.corpus_version[:12]))
    return element("p", " · ".join(escaped(fact) for fact in facts), class_="provenance") if facts else ""


def _actions(answer: Answer, turn: str, view: View) -> str:
    address = f"/a/{answer.id}" if view.permalinks and answer.outcome != "refusal" else ""
    parts = []
    if answer.outcome != "refusal":
        notes = answer_with_notes(answer, view.today, view.origin + address if address else "")
        parts += [copy_button(view.say(f"copy_{answer.outcome}"), f"{turn}-notes"), copy_text(f"{turn}-notes", notes)]
    if address:
        parts += [copy_button(view.say("copy_link"), f"{turn}-link"), copy_text(f"{turn}-link", view.origin + address)]
        parts.append(link(address, escaped(view.say("permalink")), class_="permalink"))
    actions = element("div", " ".join(parts), class_="actions") if parts else ""
    return actions + (_feedback(answer, view) if view.feedback and answer.outcome != "refusal" else "")


def _feedback(answer: Answer, view: View) -> str:
    buttons = " ".join(
        element(
            "button",
            escaped(view.say(f"feedback_{verdict}")),
            type="button",
            class_="verdict",
            value=verdict,
            name=answer.id,
        )
        for verdict in VERDICTS
    )
    title = view.say("feedback_title" if answer.outcome == "answer" else "feedback_title_closest")
    label = element("span", escaped(title), class_="small-heading")
    return element("div", f"{label} {buttons}", class_="feedback", role="group", title=title)
