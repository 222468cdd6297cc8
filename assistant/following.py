"""Parts that follow the index: when another one is put in force, new questions go to it and running ones end where they began."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.chat import Assistant
from assistant.answering.explanation import Explanation
from assistant.errors import IndexDamaged, IndexUnreachable, SummitError
from assistant.records import Answer, Language, Turn
from assistant.search.catalogue import Catalogue
from assistant.search.index_files import POINTER_NAME, index_folder
from assistant.wiring import Parts, explainer_of

LOOK_SECONDS = 2.0
_LOG = logging.getLogger(__name__)
# What the pointer looked like: its content, and when it was replaced, so that a mended index is tried again.
_Seen = tuple[str, int]
_NOTHING: _Seen = ("", 0)


@dataclass
class _Lease:
    """Parts with the number of questions that they are answering; `retired` ones close when it is 0."""

    parts: Parts
    users: int = 0
    retired: bool = False


class FollowingParts:
    """What the web floor needs of `Parts`, always of the index in force. Thread-safe."""

    def __init__(
        self, parts: Parts, data_dir: Path, reopen: Callable[[], Parts], in_force: Callable[[], str] | None = None
    ) -> None:
        """`in_force` names the index in force; by default the pointer in `data_dir` does."""
        self._lock = threading.Lock()
        self._following = threading.Lock()
        self._lease = _Lease(parts)
        self._pointer = index_folder(data_dir) / POINTER_NAME
        self._in_force = in_force
        self._reopen = reopen
        self._seen = self._look() if parts.folder and parts.folder.name == self._look()[0] else _NOTHING
        self._stop = threading.Event()
        self._problem = ""
        self.assistant = _FollowingAssistant(self)

    @property
    def catalogue(self) -> Catalogue:
        """The documents of the index in force."""
        return self._lease.parts.catalogue

    @property
    def problem(self) -> str:
        """Why the index that the pointer names is not the one that serves; empty where it is."""
        return self._problem

    @contextmanager
    def leased(self) -> Iterator[Parts]:
        """The parts in force, which stay open while the block runs."""
        with self._lock:
            lease = self._lease
            lease.users += 1
        try:
            yield lease.parts
        finally:
            with self._lock:
                lease.users -= 1
                done = lease.retired and lease.users == 0
            if done:
                lease.parts.store.close()

    def explain(self, question: str, language: Language) -> Explanation:
        """How the answer to `question` comes about, from the index in force."""
        with self.leased() as parts:
            return explainer_of(parts).explain(question, language=language)

    def follow(self) -> bool:
        """Open the index in force if it is another one than that which serves; True if it serves now.

        An index that cannot be opened is told to the log once, and the last one serves on.
        """
        with self._following:
            try:
                seen = self._look()
            except IndexUnreachable:  # which the health tells
                return False
            return seen != self._seen and self._open(seen)

    def recover(self, lost: Parts) -> bool:
        """Open the index in force anew where `lost` still serves, for its files can be searched no more."""
        with self._following:
            return self._lease.parts is not lost or self._open(self._look())

    def _open(self, seen: _Seen) -> bool:
        self._seen = seen
        try:
            parts = self._reopen()
        except SummitError as error:
            if isinstance(error, IndexUnreachable):
                self._seen = _NOTHING  # the same index is tried again
            self._problem = str(error)
            _LOG.warning("the last index serves on: %s", error)
            return False
        self._problem = ""
        self._exchange(parts)
        _LOG.info("another index serves: corpus %s", parts.catalogue.version)
        return True

    def start(self, every: float = LOOK_SECONDS) -> None:
        """Follow from now on, in a thread of its own."""
        threading.Thread(target=self._watch, args=(every,), name="follow the index", daemon=True).start()

    def close(self) -> None:
        """Follow no longer, and close the parts when the last question is answered."""
        self._stop.set()
        with self._lock:
            lease, done = self._lease, self._lease.users == 0 and not self._lease.retired
            lease.retired = True
        if done:
            lease.parts.store.close()

    def _watch(self, every: float) -> None:
        while not self._stop.wait(every):
            try:
                self.follow()
            except Exception:  # noqa: BLE001  whatever it was, the next look may succeed
                _LOG.exception("looking for another index failed")

    def _exchange(self, parts: Parts) -> None:
        with self._lock:
            old, self._lease = self._lease, _Lease(parts)
            old.retired = True
            done = old.users == 0
        if done:
            old.parts.store.close()

    def _look(self) -> _Seen:
        if self._in_force:
            return self._in_force(), 0
        with suppress(OSError, UnicodeDecodeError):
            return self._pointer.read_text("utf-8").strip(), self._pointer.stat().st_mtime_ns
        return _NOTHING


class _FollowingAssistant:
    """Answers each question from one index, the one in force when it came."""

    def __init__(self, following: FollowingParts) -> None:
        self._following = following

    def ask(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Answer:
        """The complete answer."""
        *_, answer = self._answers(lambda assistant: iter((assistant.ask(question, history, language),)))
        return answer

    def stream(self, question: str, history: Sequence[Turn] = (), language: Language | None = None) -> Iterator[Answer]:
        """The same answer in parts."""
        return self._answers(lambda assistant: assistant.stream(question, history, language))

    def _answers(self, asking: Callable[[Assistant], Iterator[Answer]]) -> Iterator[Answer]:
        """What `asking` gives. Where the files that are searched were lost, they are opened again first."""
        begun = False
        with self._following.leased() as parts:
            try:
                for answer in asking(parts.assistant):
                    begun = True
                    yield answer
                return
            except IndexDamaged as error:
                if begun or not self._following.recover(parts):
                    raise
                _LOG.warning("the index was opened again: %s", error)
        with self._following.leased() as parts:
            yield from asking(parts.assistant)
