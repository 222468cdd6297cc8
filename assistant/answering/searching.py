"""From a question and the conversation before it to the sections that may answer it: spelling, follow-ups, ranking, check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.answering.followups import FollowUp, followup_of, points_back, subject_of
from assistant.records import Turn
from assistant.search.answerability import AnswerabilityCheck, Verdict
from assistant.search.encoder import Encoder, Vector
from assistant.search.ranking import Candidate, Ranker, combined
from assistant.search.reranking import Reranker
from assistant.search.spelling import Correction, NameSpelling

# A short question belongs to the one before if one of so many sections knows so much of it, weighted by rarity.
_SUBJECT_SECTIONS = 3
_MOST = 0.5
_WORTH = {"refusal": 0, "closest": 1, "answer": 2}

# A follow-up and the questions before it, to the follow-up as a question of its own; None where it stands as it was asked.
Rewrite = Callable[[str, Sequence[Turn]], str | None]


@dataclass(frozen=True, slots=True)
class Found:
    """What the search says of one question."""

    text: str
    vector: Vector
    candidates: tuple[Candidate, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was understood: `found` is what is answered from, `bare` what the question found by itself.

    `subject` is the earlier question that it was completed with; `corrections` are the names that were mended, if that
    changed the result; `rewritten` is the question as a language model completed it, where that was searched for.
    """

    found: Found
    bare: Found
    follow_up: FollowUp = "alone"
    subject: str | None = None
    corrections: tuple[Correction, ...] = ()
    rewritten: str | None = None


@dataclass(frozen=True)
class Retrieval:
    """The parts that find sections."""

    encoder: Encoder
    ranker: Ranker
    check: AnswerabilityCheck
    spelling: NameSpelling
    reranker: Reranker | None = None
    hidden: Callable[[], frozenset[str]] = frozenset

    def read(self, text: str, history: Sequence[Turn] = (), rewrite: Rewrite | None = None) -> Reading:
        """Understand `text`, after the earlier questions in `history`, and find what may answer it.

        The bare question wins where it is good enough alone; a refused subject is never carried forward.
        `rewrite` is asked where neither holds; what it makes is used where it finds no less than the completed question.
        """
        follow_up = followup_of(text)
        subject = subject_of(history) if follow_up != "alone" else None
        if subject is None:
            return self._alone(text)
        before = self.search(subject)
        if before.verdict.outcome == "refusal":
            return self._alone(text)
        if follow_up != "leaning":
            return Reading(before, before, follow_up, subject)
        reading = self._leaning(text, before)
        if rewrite is None or (reading.follow_up == "alone" and reading.found.verdict.outcome == "answer"):
            return reading
        rewritten = rewrite(text, history)
        return self._rewritten(rewritten, reading, subject) if rewritten else reading

    def search(self, text: str) -> Found:
        """Ranked sections and verdict for `text` as it is."""
        vector = self.encoder.embed_query(text)
        candidates = self.ranker.rank(text, vector, self.hidden())
        if self.reranker is not None:
            candidates = self.reranker.rerank(text, candidates)
        return Found(text, vector, candidates, self.check.judge(text, vector, candidates))

    def _alone(self, text: str) -> Reading:
        """The question by itself, with its names mended where that changes what is found."""
        bare = self.search(text)
        mended = self.spelling.mend(text)
        if mended is None:
            return Reading(bare, bare)
        found = self.search(mended.text)
        return Reading(found, bare, corrections=mended.corrections) if _improves(found, bare) else Reading(bare, bare)

    def _leaning(self, text: str, before: Found) -> Reading:
        alone = self._alone(text)
        bare = alone.found
        both = self._search_both(before, bare)
        if both.verdict.outcome == "refusal":
            return alone
        if points_back(text):
            better = both.verdict.outcome == "answer" or bare.verdict.outcome != "answer"
        else:
            surer = both.verdict.answers > bare.verdict.answers or bare.verdict.outcome != "answer"
            better = surer and self._goes_on(text, both)
        return Reading(both, bare, "leaning", before.text, alone.corrections) if better else alone

    def _rewritten(self, text: str, reading: Reading, subject: str) -> Reading:
        """What a language model made of a follow-up, if it comes as near to an answer as `reading` does."""
        alone = self._alone(text)
        worth = _WORTH[alone.found.verdict.outcome]
        if not worth or worth < _WORTH[reading.found.verdict.outcome]:
            return reading
        return Reading(alone.found, reading.bare, "leaning", subject, alone.corrections, text)

    def _search_both(self, before: Found, bare: Found) -> Found:
        """The completed question brings the subject, the bare one what is asked of it; alone, the first asks the old question again.

        Either may show that the section answers: in the completed one the old question's words may be what is missing.
        """
        found = self.search(f"{before.text} {bare.text}")
        candidates = combined(found.candidates, bare.candidates)
        verdict = self.check.judge(found.text, found.vector, candidates)
        alone = self.check.judge(bare.text, bare.vector, candidates)
        better = alone if alone.outcome == "answer" and alone.answers > verdict.answers else verdict
        return replace(found, candidates=candidates, verdict=better)

    def _goes_on(self, text: str, found: Found) -> bool:
        """Do the sections found know most of the new question? Else they answer the one before, whatever is asked now."""
        sections = [candidate.section for candidate in found.candidates[:_SUBJECT_SECTIONS]]
        return any(self.check.vocabulary.coverage(text, key)["covered"] >= _MOST for key in sections)


def _improves(found: Found, bare: Found) -> bool:
    """Is what a mended question found better, or at least another section and no worse?"""
    if not found.candidates or not bare.candidates:
        return bool(found.candidates)
    gain = _WORTH[found.verdict.outcome] - _WORTH[bare.verdict.outcome]
    return gain > 0 or (gain == 0 and found.candidates[0].section != bare.candidates[0].section)
