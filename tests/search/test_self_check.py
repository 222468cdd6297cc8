"""A stored question that another section answers better is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assistant.records import SectionKey
from assistant.search.self_check import lost_questions
from tests.fakes import memory_parts, tiny_documents

MONEY, THEMES = SectionKey("money", "total"), SectionKey("opening", "themes")


def test_a_question_in_the_wrong_section_is_named_with_the_right_one(tmp_path: Path) -> None:
    """Put where it does not belong, a question finds the section that answers it, and `check` says so; the others are at home."""
    documents = tiny_documents(tmp_path)
    misplaced = "What were the themes of the summit, list the themes of the summit programme"
    moved = tuple(
        replace(
            document,
            sections=tuple(
                replace(section, questions={**section.questions, "en": (*section.questions["en"], misplaced)})
                if SectionKey(document.id, section.id) == MONEY
                else section
                for section in document.sections
            ),
        )
        for document in documents
    )
    parts = memory_parts(moved)
    lost = list(lost_questions(parts.catalogue, parts.ranker, parts.encoder.embed_query))
    assert [(one.question, one.section, one.found) for one in lost if one.question == misplaced] == [
        (misplaced, MONEY, THEMES)
    ]
    assert THEMES not in {one.section for one in lost}
