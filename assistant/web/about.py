"""The chapters of the page about the assistant, with the installation's own numbers."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.records import Language
from assistant.web.typography import long_date
from assistant.web.wording import Chapter, wording


def about_chapters(language: Language, values: Mapping[str, object]) -> tuple[Chapter, ...]:
    """The chapters with the values filled in; `{contact}` stays, for it becomes a link."""
    filled = {**values, "contact": "{contact}", "newest": long_date(str(values["newest"]), language)}
    return tuple(
        Chapter(
            id=chapter.id,
            heading=chapter.heading,
            paragraphs=tuple(text.format(**filled) for text in chapter.paragraphs),
            items=tuple(text.format(**filled) for text in chapter.items),
        )
        for chapter in wording(language).about
    )
