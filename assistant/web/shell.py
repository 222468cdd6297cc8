"""What surrounds Gradio in the page's HTML: language, title, our styles and script, a header and a footer that need no script."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from assistant.records import Language, other_language
from assistant.web.escaping import element, escaped, link
from assistant.web.feedback import MAX_TEXT_CHARS
from assistant.web.wording import words

_META = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*/>')
_MANIFEST = re.compile(r'\s*<link rel="manifest"[^>]*>')
_HTML_TAG = re.compile(r'(<html\s+)lang="[^"]*"')
_OPENING_SCRIPT = re.compile(r"<script(?=[\s>])")

STATIC = Path(__file__).parent / "static"
NavigationLink = tuple[str, str]


def dress(page: str, language: Language, nonce: str, navigation: Sequence[NavigationLink]) -> str:
    """Gradio's HTML with our head, header and footer, every script carrying `nonce`.

    Gradio follows the browser's language; the page's own is put in its place before Gradio's code runs.
    """
    page = _MANIFEST.sub("", _META.sub("", page))
    page = _HTML_TAG.sub(rf'\1lang="{language}"', page, count=1)
    page = page.replace("<head>", "<head>" + _head(language), 1)
    page = page.replace("<gradio-app", _header(language, navigation) + "<gradio-app", 1)
    page = page.replace("</gradio-app>", "</gradio-app>" + _footer(language, navigation), 1)
    return _OPENING_SCRIPT.sub(f'<script nonce="{nonce}"', page)


def _head(language: Language) -> str:
    wording = words(language)
    override = f'for(const k of ["language","languages"])Object.defineProperty(navigator,k,{{get:()=>k==="language"?"{language}":["{language}"]}})'
    return (
        f"<script>{override}</script>"
        f"<title>{escaped(wording['title'])}</title>"
        f'<meta name="description" content="{escaped(wording["description"])}">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="preload" as="font" type="font/woff2" crossorigin href="/static/fonts/source-serif-4-latin-wght-normal.woff2">'
        '<link rel="icon" type="image/svg+xml" href="/static/icon.svg">'
        f'<link rel="alternate" hreflang="{other_language(language)}" href="/{other_language(language)}">'
        f'<link rel="stylesheet" href="{_versioned("tokens.css")}"><link rel="stylesheet" href="{_versioned("page.css")}">'
        f'<script type="module" src="{_versioned("page.js")}"></script>'
        + "".join(
            f'<meta name="summit:{key}" content="{escaped(wording[key].format(limit=MAX_TEXT_CHARS))}">'
            for key in _SCRIPT_STRINGS
        )
    )


@cache
def _versioned(name: str) -> str:
    """The address of a static file, which changes with the file so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


# What the page's script says itself.
_SCRIPT_STRINGS = (
    "copied",
    "copy_failed",
    "link_failed",
    "feedback_text",
    "feedback_send",
    "feedback_thanks",
    "feedback_failed",
    "busy",
    "queued",
    "failed",
)  # fmt: skip


def _header(language: Language, navigation: Sequence[NavigationLink]) -> str:
    wording = words(language)
    other = other_language(language)
    skip = link("#question", escaped(wording["skip_question"]), class_="skip")
    mark = link(f"/{language}", escaped(wording["site"]), class_="wordmark")
    switch = link(
        f"/{other}",
        escaped(wording["other_language"]),
        class_="language",
        id="language",
        lang=other,
        hreflang=other,
        title=wording["other_language_label"],
    )
    bar = element(
        "div", mark + element("nav", _links(navigation) + switch, aria_label=wording["navigation"]), class_="bar"
    )
    intro = element(
        "div",
        element("p", escaped(wording["kicker"]), class_="kicker")
        + element("h1", escaped(wording["title"]))
        + element("p", escaped(wording["tagline"]), class_="tagline"),
        class_="intro",
    )
    return skip + element("header", bar + intro, class_="site-header")


def _footer(language: Language, navigation: Sequence[NavigationLink]) -> str:
    wording = words(language)
    noscript = element(
        "noscript",
        element(
            "p", f"{escaped(wording['noscript'])} {link(f'/api/docs?lang={language}', escaped(wording['nav_api']))}"
        ),
    )
    content = (
        noscript
        + element("p", escaped(f"{wording['footer']} {wording['footer_questions']}"))
        + element("p", _links(navigation), class_="footer-links")
    )
    return element("footer", content, class_="site-footer")


def _links(navigation: Sequence[NavigationLink]) -> str:
    return "".join(link(address, escaped(label)) for address, label in navigation)
