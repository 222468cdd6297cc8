"""The page as Gradio components, built once per language. What it says and shows is made elsewhere; here it is only wired."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from assistant.answering.as_json import answer_to_json
from assistant.answering.wording import EXAMPLES
from assistant.records import Language
from assistant.web.conversation import Shown, exchange, turn_name, wait_message
from assistant.web.rendering import bounded, stopped_turn
from assistant.web.rendering_sources import View
from assistant.web.service import Service, TooBusy
from assistant.web.suggestions import MAX_SUGGESTIONS
from assistant.web.wording import words

Viewer = Callable[[Language, str], View]
Updates = tuple[Any, ...]


class Page:
    """One language's page. `view_of` makes the view for a language and the address that the reader came by."""

    def __init__(self, service: Service, language: Language, view_of: Viewer) -> None:
        self._service = service
        self._language: Language = language
        self._view_of = view_of
        self._words = words(language)

    def build(self) -> gr.Blocks:
        """The Gradio application."""
        wording = self._words
        blocks = gr.Blocks(title=wording["title"], analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600))
        with blocks:
            memory = gr.State((0, ()))
            earlier = _html("earlier")
            current = _html("current")
            status = _html("status")
            with gr.Row(elem_id="tools", visible=False) as tools:
                retry = gr.Button(wording["retry"], elem_id="retry")
                new = gr.Button(wording["new"], elem_id="new")
            followups, related = _suggestions("followups", wording["followups"], [""] * MAX_SUGGESTIONS)
            with gr.Column(elem_id="composer"), gr.Row():
                question = gr.Textbox(
                    label=wording["question_label"],
                    placeholder=wording["placeholder"],
                    lines=1,
                    max_lines=6,
                    elem_id="question",
                    autofocus=True,
                )
                ask = gr.Button(wording["ask"], variant="primary", elem_id="ask")
                stop = gr.Button(wording["stop"], elem_id="stop", visible=False)
            examples, offered = _suggestions("examples", wording["examples"], EXAMPLES[self._language])

            # First, so that the name "ask" is its own. It is documented, but not in Gradio's `__all__`.
            gr.api(self.answer, api_name="ask")  # type: ignore[attr-defined]
            shown = [earlier, current, status, memory, question, ask, stop, tools, examples, followups, *related]
            quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            before = [earlier, current, memory]
            runs = [
                gr.on([question.submit, ask.click], self.ask, [question, *before], shown, **quiet),
                retry.click(self.retry, before, shown, **quiet),
                *(button.click(self.ask, [button, *before], shown, **quiet) for button in (*offered, *related)),
            ]
            stop.click(self.stop, before, shown, cancels=runs, queue=False, **quiet)
            new.click(self.new, None, shown, queue=False, **quiet)
        return blocks

    def ask(self, question: str, earlier: str, current: str, memory: Any, request: gr.Request) -> Iterator[Updates]:
        """Answer a question of the visitor."""
        number, asked = _remembered(memory)
        if not question.strip():
            yield self._unchanged()
            return
        before = Shown(earlier=earlier or "", current=current or "", number=number, asked=asked)
        yield from map(self._updates, exchange(self._service, self._view(request), before, question, _client(request)))

    def retry(self, earlier: str, current: str, memory: Any, request: gr.Request) -> Iterator[Updates]:
        """Answer the last question once more, in the place of its answer."""
        del current
        number, asked = _remembered(memory)
        if not asked:
            yield self._unchanged()
            return
        before = Shown(earlier=earlier or "", number=number - 1, asked=asked[:-1])
        yield from map(self._updates, exchange(self._service, self._view(request), before, asked[-1], _client(request)))

    def stop(self, earlier: str, current: str, memory: Any, request: gr.Request) -> Updates:
        """Leave the last question without an answer; Gradio has cancelled the run."""
        number, asked = _remembered(memory)
        view = self._view(request)
        told = stopped_turn(asked[-1], turn_name(number), view) if asked else current
        return self._updates(Shown(earlier, told, view.say("status_stopped"), number, asked))

    def new(self) -> Updates:
        """Begin again with an empty page."""
        return self._updates(Shown(status=self._words["status_new"]))

    def answer(self, question: str, request: gr.Request) -> str:
        """Answer a question about the AI Action Summit (Paris, February 2025) with exact quotations from its documents.

        Args:
            question: the question, in French or English

        Returns:
            The answer as JSON: its sentences, each with the numbers of its citations; its outcome, which is `answer`,
            `closest` (the documents do not say; the nearest passages follow) or `refusal`; and every citation with
            quotation, passage and source.
        """
        wait = self._service.wait(_client(request))
        if wait is not None:
            raise gr.Error(wait_message(wait, self._view(request)), print_exception=False)
        try:
            answer = self._service.ask(question, language=self._language)
        except TooBusy:
            raise gr.Error(self._words["busy"], print_exception=False) from None
        # Text, for Gradio's MCP server would give a client the Python form of a dictionary.
        return json.dumps(answer_to_json(answer), ensure_ascii=False)

    def _view(self, request: gr.Request) -> View:
        url = request.request.url if request.request else None
        return self._view_of(self._language, f"{url.scheme}://{url.netloc}" if url else "")

    def _updates(self, shown: Shown) -> Updates:
        """One value for each output, in the order of `shown` in `build`."""
        begun = bool(shown.current)
        idle = begun and not shown.running
        related = [*shown.followups, *[""] * (MAX_SUGGESTIONS - len(shown.followups))]
        return (
            shown.earlier,
            shown.current,
            shown.status,
            (shown.number, shown.asked),
            self._box(begun) if shown.running or not begun else gr.skip(),
            gr.update(interactive=not shown.running),
            gr.update(visible=shown.running),
            gr.update(visible=idle),
            gr.update(visible=not begun),
            gr.update(visible=idle and bool(shown.followups)),
            *(gr.update(value=one, visible=bool(one)) for one in related),
        )

    def _box(self, begun: bool) -> Any:
        """The question box, emptied for the next question."""
        return gr.update(value="", placeholder=self._words["placeholder_more" if begun else "placeholder"])

    def _unchanged(self) -> Updates:
        return tuple(gr.skip() for _ in range(10 + MAX_SUGGESTIONS))


def _suggestions(name: str, title: str, questions: Sequence[str]) -> tuple[gr.Column, list[gr.Button]]:
    """Questions as buttons under a heading; a button without a question is not shown."""
    with gr.Column(elem_id=name, visible=any(questions)) as column:
        gr.Markdown(f"## {title}")
        with gr.Column(elem_classes="suggestions"):
            buttons = [gr.Button(one, elem_classes="suggestion", visible=bool(one)) for one in questions]
    return column, buttons


def _html(name: str) -> gr.Markdown:
    """A place for HTML of ours, which Gradio sanitises once more; no formula is looked for in it."""
    return gr.Markdown("", elem_id=name, latex_delimiters=[], line_breaks=False)


def _client(request: gr.Request) -> str:
    return request.client.host if request.client else "unknown"


def _remembered(memory: Any) -> tuple[int, tuple[str, ...]]:
    """The count and the last questions; a state that Gradio has forgotten begins anew."""
    number, asked = memory or (0, ())
    return int(number), tuple(bounded(str(one)) for one in asked)
