"""What axe-core finds on a page: WCAG 2.2 A and AA, its best practices, and the contrast of AAA for text."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_RUN = """() => axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    .then(found => found.violations.map(one => [one.id, one.impact, one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))"""
_CONTRAST = """() => axe.run(document, {runOnly: {type: "rule", values: ["color-contrast-enhanced"]},
    rules: {"color-contrast-enhanced": {enabled: true}}})
    .then(found => found.violations.flatMap(one => one.nodes.map(node => [node.target.join(" "), node.any[0]?.message])))"""


def violations(page: Page, source: str) -> list[Any]:
    """Everything that is wrong; `source` is axe-core's own text."""
    page.evaluate(source)
    found: list[Any] = page.evaluate(_RUN)
    return found + list(page.evaluate(_CONTRAST))
