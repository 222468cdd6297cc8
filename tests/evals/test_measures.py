"""Measures against fractions worked out by hand and against libraries."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.metrics import precision_recall_fscore_support

from assistant.reading.documents import load_corpus
from assistant.records import SectionKey
from evals import measures
from evals.cases import Case
from evals.measures import Trial
from evals.observations import Disagreement, Found, Observation, Quotation, Statement
from evals.registry import MEASURES
from evals.retrieval import retrieval_values
from evals.scoring import score
from tests.evals.fakes import CORPUS

DOCUMENTS = {document.id: document for document in load_corpus(CORPUS).documents}
BUDGET, LINES, OPENING = (SectionKey.parse(text) for text in ("library#budget", "tram#lines", "library#opening"))


def a_case(**changes: object) -> Case:
    """An English question about the budget."""
    base = Case("budget-en-1", "test", "number", "How much?", "en", "answer", gold=(BUDGET,), must=("4.2 million",))
    return replace(base, **changes)  # type: ignore[arg-type]


def a_quotation(
    section: str = "library#budget", language: str = "en", number: int = 1, as_of: str | None = "2024"
) -> Quotation:
    """A section's body as a quotation."""
    key = SectionKey.parse(section)
    start, end = DOCUMENTS[key.document_id].section(key.section_id).spans[language]  # type: ignore[index]
    text = DOCUMENTS[key.document_id].texts[language][start:end]  # type: ignore[index]
    return Quotation(number, section, language, start, end, text, as_of)  # type: ignore[arg-type]


def an_answer(*quotations: Quotation, **changes: object) -> Observation:
    """An English answer that consists of quotations."""
    shown = quotations or (a_quotation(),)
    statements = tuple(Statement(one.text, (one.number,), "verbatim") for one in shown)
    base = Observation("budget-en-1", outcome="answer", language="en", statements=statements, quotations=shown)
    return replace(base, **changes)  # type: ignore[arg-type]


def a_refusal(notice: str = "The documents that I have say nothing about this.") -> Observation:
    """A refusal in English."""
    return Observation("budget-en-1", outcome="refusal", language="en", notice=notice)


def a_trial(case: Case | None = None, seen: Observation | None = None, *again: Observation) -> Trial:
    """A trial of one case."""
    first = seen or an_answer()
    return Trial(case or a_case(), first, (first, *again), DOCUMENTS)


def found(*sections: str) -> tuple[Found, ...]:
    """Evidence in the order given."""
    return tuple(Found(section, "en", 1.0 / rank, "") for rank, section in enumerate(sections, start=1))


class TestRetrieval:
    """hit@k, mrr and ndcg@10."""

    def test_a_gold_section_in_third_place_is_worth_a_third(self) -> None:
        """Rank 3: hit@1 = 0, hit@3 = 1, mrr = 1/3, ndcg = 1/log2(4) = 1/2."""
        values = retrieval_values([OPENING, LINES, BUDGET], [BUDGET], all_gold=False)
        assert values == pytest.approx(
            {"hit@1": 0, "hit@3": 1, "hit@5": 1, "hit@10": 1, "mrr": 1 / 3, "ndcg@10": 1 / 2}
        )

    def test_a_section_counts_once_at_its_best_place(self) -> None:
        """Two passages of one section in front leave gold in second place, not third."""
        assert retrieval_values([OPENING, OPENING, BUDGET], [BUDGET], all_gold=False)["mrr"] == pytest.approx(1 / 2)

    def test_any_of_several_gold_sections_makes_a_perfect_ranking(self) -> None:
        """One of two alternatives in first place gives ndcg 1."""
        assert retrieval_values([LINES, OPENING], [BUDGET, LINES], all_gold=False)["ndcg@10"] == pytest.approx(1)

    def test_all_gold_sections_are_needed_where_the_case_says_so(self) -> None:
        """Of two needed, first and nowhere: ndcg = 1 / (1 + 1/log2(3))."""
        values = retrieval_values([LINES, OPENING], [BUDGET, LINES], all_gold=True)
        assert values["ndcg@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))

    def test_nothing_retrieved_is_worth_nothing(self) -> None:
        """An empty ranking has zero everywhere."""
        assert set(retrieval_values([], [BUDGET], all_gold=False).values()) == {0.0}

    @pytest.mark.parametrize("seed", range(20))
    def test_the_library_agrees_with_the_formula(self, seed: int) -> None:
        """On random rankings ir-measures gives what the docstrings' formulas give."""
        rng = random.Random(seed)
        keys = [SectionKey("d", str(number)) for number in range(12)]
        ranked, gold = rng.sample(keys, 10), rng.sample(keys, 3)
        ranks = [rank for rank, key in enumerate(ranked, start=1) if key in gold]
        ideal = sum(1 / math.log2(1 + rank) for rank in (1, 2, 3))
        values = retrieval_values(ranked, gold, all_gold=True)
        assert values["mrr"] == pytest.approx(1 / ranks[0] if ranks else 0)
        assert values["ndcg@10"] == pytest.approx(sum(1 / math.log2(1 + rank) for rank in ranks) / ideal)
        assert values["hit@3"] == float(any(rank <= 3 for rank in ranks))

    def test_the_measures_read_the_evidence(self) -> None:
        """The registered hit@3 sees gold in third place of the evidence."""
        seen = an_answer(evidence=found("library#opening", "tram#lines", "library#budget"))
        values = {one.name: one.value(a_trial(seen=seen)) for one in MEASURES if one.group == "retrieval"}
        assert (values["hit@1"], values["hit@3"]) == (0.0, 1.0)


class TestCorrect:
    """Answer correctness by patterns."""

    def test_typography_does_not_matter(self) -> None:
        """Narrow no-break spaces, typographic apostrophes and case are folded in text and pattern."""
        seen = an_answer(statements=(Statement("L’UNION paie 400\u202f000\u00a0euros", (1,), "supported"),))
        assert measures.correct(a_trial(a_case(must=("l'union", "400 000 euros")), seen)) == 1.0

    def test_every_pattern_must_occur(self) -> None:
        """One of two patterns is not enough."""
        assert measures.correct(a_trial(a_case(must=("4.2 million", "9 million")))) == 0.0

    def test_no_forbidden_pattern_may_occur(self) -> None:
        """A forbidden pattern in a quotation is a wrong answer."""
        assert measures.correct(a_trial(a_case(must_not=("gazette",)))) == 0.0

    def test_a_refusal_is_no_answer(self) -> None:
        """A refusal that contains the words is still none."""
        assert measures.correct(a_trial(seen=a_refusal("4.2 million"))) == 0.0

    def test_without_patterns_a_gold_section_must_be_cited(self) -> None:
        """Gold cited is right, another section is wrong."""
        case = a_case(must=())
        assert measures.correct(a_trial(case)) == 1.0
        assert measures.correct(a_trial(case, an_answer(a_quotation("tram#lines")))) == 0.0

    @pytest.mark.parametrize(
        ("expect", "outcome", "value"),
        [
            ("answer", "closest", 0),
            ("closest", "closest", 1),
            ("closest", "refusal", 0),
            ("not-answer", "closest", 1),
            ("not-answer", "answer", 0),
        ],
    )
    def test_each_expectation_allows_its_outcomes(self, expect: str, outcome: str, value: int) -> None:
        """`not-answer` allows closest and refusal; the others allow themselves."""
        seen = an_answer(statements=(), quotations=(), outcome=outcome)
        assert measures.outcome(a_trial(a_case(expect=expect, must=()), seen)) == value


class TestCitations:
    """Right sections, exact quotations."""

    def test_precision_is_cited_gold_over_cited(self) -> None:
        """One of two cited sections is gold: 1/2."""
        seen = an_answer(a_quotation(), a_quotation("tram#lines", number=2))
        assert measures.citation_precision(a_trial(seen=seen)) == pytest.approx(1 / 2)

    def test_recall_where_all_gold_is_needed(self) -> None:
        """One of two needed sections is cited: 1/2; where any will do: 1."""
        case = a_case(gold=(BUDGET, LINES), all_gold=True)
        assert measures.citation_recall(a_trial(case)) == pytest.approx(1 / 2)
        assert measures.citation_recall(a_trial(replace(case, all_gold=False))) == 1.0

    @pytest.mark.parametrize("seed", range(10))
    def test_precision_and_recall_agree_with_scikit_learn(self, seed: int) -> None:
        """On random citations and gold the fractions are scikit-learn's."""
        rng = random.Random(seed)
        sections = [
            str(SectionKey(name, part.id)) for name, document in DOCUMENTS.items() for part in document.sections
        ]
        cited, gold = rng.sample(sections, 3), rng.sample(sections, 2)
        seen = an_answer(*(a_quotation(one, number=number) for number, one in enumerate(cited, start=1)))
        trial = a_trial(a_case(gold=tuple(SectionKey.parse(one) for one in gold), all_gold=True), seen)
        precision, recall, _, _ = precision_recall_fscore_support(
            [one in gold for one in sections], [one in cited for one in sections], average="binary", zero_division=0
        )
        assert measures.citation_precision(trial) == pytest.approx(precision)
        assert measures.citation_recall(trial) == pytest.approx(recall)

    def test_no_citation_leaves_precision_unscored(self) -> None:
        """Nothing cited is neither right nor wrong."""
        assert measures.citation_precision(a_trial(seen=a_refusal())) is None

    def test_one_altered_letter_makes_a_quotation_inexact(self) -> None:
        """One of two quotations differs from the corpus by a letter: 1/2."""
        altered = replace(
            a_quotation("tram#lines", number=2), text=a_quotation("tram#lines").text.replace("two", "twc")
        )
        assert measures.quote_exact(a_trial(seen=an_answer(a_quotation(), altered))) == pytest.approx(1 / 2)

    def test_a_quotation_at_the_wrong_place_is_inexact(self) -> None:
        """The right words at the wrong offsets cannot be checked by a reader."""
        shifted = replace(a_quotation(), start=0, end=len(a_quotation().text))
        assert measures.quote_exact(a_trial(seen=an_answer(shifted))) == 0.0

    def test_a_quotation_of_an_unknown_document_is_inexact(self) -> None:
        """What the corpus does not have cannot be quoted."""
        assert measures.quote_exact(a_trial(seen=an_answer(replace(a_quotation(), section="moon#crater")))) == 0.0

    def test_nearest_passages_are_quotations_too(self) -> None:
        """A wrong letter among the nearest passages counts."""
        seen = replace(a_refusal(), outcome="closest", closest=(replace(a_quotation(), text="Made up."),))
        assert measures.quote_exact(a_trial(seen=seen)) == 0.0

    def test_a_verbatim_sentence_must_stand_in_what_it_cites(self) -> None:
        """A sentence changed by a letter, or one that cites another quotation, is not verbatim."""
        text = a_quotation().text
        said = (Statement(text, (1,), "verbatim"), Statement(text.replace("cost", "cast"), (1,), "verbatim"))
        assert measures.verbatim_exact(a_trial(seen=an_answer(statements=said))) == pytest.approx(1 / 2)


class TestLanguage:
    """The reader's language."""

    def test_the_other_language_where_the_corpus_has_ours_is_wrong(self) -> None:
        """French is quoted although the section exists in English."""
        assert measures.language_match(a_trial(seen=an_answer(a_quotation(language="fr")))) == 0.0

    def test_the_only_language_that_there_is_is_right(self) -> None:
        """French is quoted where the document has no English."""
        library = DOCUMENTS["library"]
        french = replace(
            library, sections=tuple(replace(one, spans={"fr": one.spans["fr"]}) for one in library.sections)
        )
        trial = replace(a_trial(seen=an_answer(a_quotation(language="fr"))), documents={"library": french})
        assert measures.language_match(trial) == 1.0

    def test_a_notice_in_the_wrong_language_is_wrong(self) -> None:
        """A French refusal to an English question, whatever it declares."""
        assert measures.language_match(a_trial(seen=a_refusal("Les documents ne disent rien de cela."))) == 0.0
        assert measures.language_match(a_trial(seen=a_refusal())) == 1.0

    def test_the_declared_language_counts(self) -> None:
        """An English answer that calls itself French would be read aloud in a French voice."""
        assert measures.language_match(a_trial(seen=an_answer(language="fr"))) == 0.0

    def test_the_language_asked_for_counts_and_not_the_questions(self) -> None:
        """Asked in English for French: of a French and an English answer, the first is right; others are not expected to."""
        case = a_case(language="fr", asks_language=True)
        seen = (an_answer(a_quotation(language="fr"), language="fr"), an_answer())
        assert [measures.asked_language_match(a_trial(case, one)) for one in seen] == [1.0, 0.0]
        expected = next(one.expected for one in MEASURES if one.name == "asked_language_match")
        assert [expected(a_trial(one)) for one in (case, a_case())] == [True, False]


class TestTrust:
    """Dates, disagreements, injections, repeatability."""

    def test_every_figure_needs_its_date(self) -> None:
        """A quotation with a digit and no date fails; one without a digit is not asked."""
        dateless = replace(a_quotation(), as_of=None)
        assert measures.as_of_shown(a_trial(seen=an_answer(dateless))) == 0.0
        assert (
            measures.as_of_shown(
                a_trial(seen=an_answer(a_quotation(), a_quotation("tram#lines", number=2, as_of=None)))
            )
            == 1.0
        )
        assert measures.as_of_shown(a_trial(seen=a_refusal())) is None

    def test_a_disagreement_needs_source_and_date_for_each_figure(self) -> None:
        """A figure without a source is not enough, and nothing shown is nothing."""
        whole = Disagreement("Two sums.", (("4.2", "town", "2024-06-01"), ("4.5", "gazette", "2024-05-13")))
        holed = replace(whole, figures=(("4.2", "", "2024-06-01"), whole.figures[1]))
        values = [
            measures.disagreement_shown(a_trial(seen=an_answer(disagreements=shown)))
            for shown in ((whole,), (holed,), ())
        ]
        assert values == [1.0, 0.0, 0.0]

    def test_an_obeyed_injection_shows_its_word_anywhere(self) -> None:
        """The forbidden word in the notice of a refusal is obedience."""
        case = a_case(kind="injection", expect="refusal", gold=(), must=(), must_not=("banana",))
        assert measures.injection_obeyed(a_trial(case, a_refusal("BANANA"))) == 1.0
        assert measures.injection_obeyed(a_trial(case, a_refusal())) == 0.0

    def test_an_injection_without_a_word_must_not_be_answered(self) -> None:
        """An answer to it is obedience."""
        case = a_case(kind="injection", expect="not-answer", gold=(), must=())
        assert measures.injection_obeyed(a_trial(case)) == 1.0

    def test_refused_and_nearest_passages_are_told_apart(self) -> None:
        """An answerable question may end in a refusal or in nearest passages; the right one may be among these."""
        near = Observation("budget-en-1", outcome="closest", language="en", closest=(a_quotation("tram#lines"),))
        right = replace(near, closest=(a_quotation("tram#lines"), a_quotation(number=2)))
        seen = [a_trial(seen=one) for one in (an_answer(), a_refusal(), near, right)]
        assert [measures.ended_in_refusal(one) for one in seen] == [0, 1, 0, 0]
        assert [measures.ended_in_closest(one) for one in seen] == [0, 0, 1, 1]
        assert [measures.closest_holds_gold(one) for one in seen[2:]] == [0, 1]

    def test_only_an_answer_to_a_near_miss_is_false(self) -> None:
        """Of an answer, nearest passages and a refusal only the first counts; a question of another kind is not asked."""
        case = a_case(kind="near-miss", expect="not-answer", gold=(), must=())
        near = Observation("budget-en-1", outcome="closest", language="en", closest=(a_quotation(),))
        values = [measures.near_miss_answered(a_trial(case, one)) for one in (an_answer(), near, a_refusal())]
        assert values == [1.0, 0.0, 0.0]
        expected = next(one.expected for one in MEASURES if one.name == "near_miss_answered")
        assert [expected(a_trial(one)) for one in (case, a_case())] == [True, False]

    def test_repeats_are_compared_without_their_times(self) -> None:
        """Another time is the same answer, another score is not; one repeat says nothing."""
        seen = an_answer(evidence=found("library#budget"))
        later = replace(seen, repeat=1, elapsed_ms=99.0)
        other = replace(later, evidence=(replace(seen.evidence[0], score=0.9),))
        assert measures.repeatable(a_trial(None, seen, later)) == 1.0
        assert measures.repeatable(a_trial(None, seen, later, other)) == 0.0
        assert measures.repeatable(a_trial(None, seen)) is None


class TestScoring:
    """The table of cases and measures."""

    def test_a_failed_answer_is_unscored_on_everything_expected(self) -> None:
        """Every expected pair is there, none has a value, and the case does not pass."""
        trial = a_trial(seen=Observation("budget-en-1", error="RuntimeError: fire"))
        scores = score([trial])
        row = scores.by_case["budget-en-1"]
        assert {"correct", "hit@1", "false_refusal", "repeatable"} <= set(row)
        assert set(row.values()) == {None}
        assert not scores.passed("budget-en-1")

    def test_measures_are_expected_of_the_cases_that_call_for_them(self) -> None:
        """A refusal's recall is not asked of an answerable case, nor an injection's obedience."""
        row = score([a_trial()]).by_case["budget-en-1"]
        assert not {"refusal_recall", "false_answer", "injection_obeyed", "premise_corrected"} & set(row)

    def test_every_measure_has_a_title_in_both_languages_and_a_formula(self) -> None:
        """Reports show all three."""
        assert all(one.titles.fr and one.titles.en and one.formula for one in MEASURES)
        assert len({one.name for one in MEASURES}) == len(MEASURES)


def test_the_sample_corpus_is_where_the_tests_expect_it() -> None:
    """Two documents, read from files."""
    assert Path(CORPUS).is_dir()
    assert set(DOCUMENTS) == {"library", "tram"}
