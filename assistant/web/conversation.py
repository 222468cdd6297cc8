"""One exchange of the page, without Gradio: from a question to what is shown, part by part."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.answering.batch import MAX_HISTORY
from assistant.records import Answer, Turn
from assistant.web.rendering import answer_turn, bounded, pending_turn, status_text, told_turn
from assistant.web.rendering_sources import View
from assistant.web.service import Service, TooBusy
from assistant.web.suggestions import related_questions

_log = logging.getLogger(__name__)
# The page shows this many earlier exchanges; older ones leave it.
_MAX_SHOWN = 12
_SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. `asked` holds the conversation's last questions, `number` counts them all."""

    earlier: str = ""
    current: str = ""
    status: str = ""
    number: int = 0
    asked: tuple[str, ...] = ()
    followups: tuple[str, ...] = ()
    running: bool = False


def exchange(service: Service, view: View, before: Shown, question: str, client: str) -> Iterator[Shown]:
    """Answer `question` after what was shown `before`; the last part is the complete one."""
    turn = turn_name(before.number + 1)
    start = Shown(
        earlier=_joined(before.earlier, before.current),
        current=pending_turn(bounded(question), turn, view),
        status=view.say("status_pending"),
        number=before.number + 1,
        asked=(*before.asked, bounded(question))[-MAX_HISTORY - 1 :],
        running=True,
    )
    wait = service.wait(client)
    if wait is not None:
        yield _told(start, turn, view, wait_message(wait, view))
        return
    yield start
    try:
        for answer, complete in service.stream(question, [Turn(one) for one in start.asked[:-1]], view.language):
            yield _answered(start, answer, turn, view, complete, service)
    except TooBusy:
        yield _told(start, turn, view, view.say("busy"))
    except Exception:  # noqa: BLE001  whatever went wrong, the reader gets a sentence, and the operator the traceback
        _log.exception("a question could not be answered")
        yield _told(start, turn, view, view.say("failed"))


def turn_name(number: int) -> str:
    """Names the turn with this number, for anchors in the page."""
    return f"t{number}"


def wait_message(seconds: float, view: View) -> str:
    """How long to wait, in words."""
    whole = max(1, math.ceil(seconds))
    return view.say("wait_one") if whole == 1 else view.say("wait").format(seconds=whole)


def _answered(start: Shown, answer: Answer, turn: str, view: View, complete: bool, service: Service) -> Shown:
    current = answer_turn(answer, turn, view, complete=complete)
    if not complete:
        return replace(start, current=current)
    followups = related_questions(answer, service.parts.catalogue, view.today)
    return replace(start, current=current, status=status_text(answer, view), followups=followups, running=False)


def _told(start: Shown, turn: str, view: View, message: str) -> Shown:
    return replace(start, current=told_turn(start.asked[-1], turn, view, message), status=message, running=False)


def _joined(earlier: str, current: str) -> str:
    turns = [turn for turn in f"{earlier}{_SEPARATOR}{current}".split(_SEPARATOR) if turn.startswith("<article")]
    return _SEPARATOR.join(turns[-_MAX_SHOWN:])
