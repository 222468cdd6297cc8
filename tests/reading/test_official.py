"""Fetching official pages, from a real server on the loopback interface that behaves as badly as servers do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from assistant.errors import FetchError, InvalidMetadata
from assistant.reading.download import FetchLimits
from assistant.reading.formats import read_file
from assistant.reading.metadata import read_metadata
from assistant.reading.network import NetworkPolicy, host_key
from assistant.reading.official import FetchResult, fetch_official
from assistant.reading.official_list import read_list

ROOT = Path(__file__).parents[2]
PDF = (ROOT / "tests/data/leaflet-en.pdf").read_bytes()
PAGE = (ROOT / "tests/data/page-fr.html").read_bytes()
HASTE = FetchLimits(timeout=0.4, max_seconds=1.0, pause=0.0, attempts=2, backoff=0.02, max_retry_after=1.5)
TESTING = NetworkPolicy(schemes=frozenset({"http"}), allow_loopback=True)

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A server with its answers by path; it notes when each path was asked for."""

    server: ThreadingHTTPServer
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.server_port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            one.asked.append((self.path, time.monotonic()))
            one.answers.get(self.path, send(b"missing", status=404))(self)

        def log_message(self, *args: object) -> None:
            """Keep the test's output free of the access log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one = Site(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield one
    one.closing.set()
    server.shutdown()
    server.server_close()


def send(body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> Answer:
    """An ordinary answer; `length` announces another length than the body's, and "" none at all."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        length = headers.get("length", str(len(body)))
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        if length:
            handler.send_header("Content-Length", length)
        for name, value in headers.items():
            if name != "length":
                handler.send_header(name.replace("_", "-"), value)
        if length != str(len(body)):
            handler.close_connection = True
            handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """The first answer, then the next; the last one stays."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def entry(url: str, page_id: str = "page", **more: str) -> str:
    values = {"id": page_id, "title": "Le sommet", "url": url, "language": "fr", "publisher": "Ministère"} | more
    return "[[page]]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items())


def fetch(
    folder: Path, *entries: str, limits: FetchLimits = HASTE, policy: NetworkPolicy = TESTING
) -> tuple[FetchResult, ...]:
    listed = folder / "official.toml"
    listed.write_text("\n".join(entries), encoding="utf-8")
    return fetch_official(listed, folder / "official", limits=limits, policy=policy).results


def failure(folder: Path, *entries: str, limits: FetchLimits = HASTE, policy: NetworkPolicy = TESTING) -> str:
    """The message of the first entry, which must have failed and left no file behind."""
    result = fetch(folder, *entries, limits=limits, policy=policy)[0]
    assert result.status == "failed" and result.path is None
    assert not list((folder / "official").rglob("source.*"))
    return result.message


def test_pages_and_pdfs_become_documents(site: Site, tmp_path: Path) -> None:
    """What is fetched can be read, and its document.yaml says where it comes from."""
    site.answers = {"/page": send(PAGE), "/file": send(PDF, "application/pdf")}
    seen: list[FetchResult] = []
    (tmp_path / "list.toml").write_text(
        entry(site.url("/page"), date="2025-02-11", licence="etalab-2.0")
        + entry(site.url("/file"), "file", language="en", format="pdf"),
        encoding="utf-8",
    )
    report = fetch_official(
        tmp_path / "list.toml", tmp_path / "official", progress=seen.append, limits=HASTE, policy=TESTING
    )
    assert [result.status for result in report.results] == ["new", "new"] and tuple(seen) == report.results
    assert not report.failed
    about = read_metadata(tmp_path / "official/page/document.yaml")
    assert (about.title.fr, about.kind, about.publisher) == ("Le sommet", "official", "Ministère")
    assert (about.date, about.licence, about.url) == ("2025-02-11", "etalab-2.0", site.url("/page"))
    assert about.retrieved and about.sha256 and about.language == "fr"
    assert read_file(tmp_path / "official/page/source.html").title == "Sommet pour l’action sur l’IA"
    assert read_file(tmp_path / "official/file/source.pdf").parts[0].page == 1
    assert sorted(path.name for path in (tmp_path / "official/page").iterdir()) == ["document.yaml", "source.html"]


def test_the_same_again_is_left_alone_and_a_change_is_written(site: Site, tmp_path: Path) -> None:
    """Unchanged bytes keep their files and dates; changed bytes or a changed entry do not."""
    site.answers = {"/page": send(PAGE)}
    fetch(tmp_path, entry(site.url("/page")))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "official/page").iterdir()}
    assert fetch(tmp_path, entry(site.url("/page")))[0].status == "unchanged"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "official/page").iterdir()} == before
    assert fetch(tmp_path, entry(site.url("/page"), title="Autre titre"))[0].status == "updated"
    site.answers = {"/page": send(PAGE.replace(b"Paris", b"Lyon"))}
    assert fetch(tmp_path, entry(site.url("/page")))[0].status == "updated"
    assert b"Lyon" in (tmp_path / "official/page/source.html").read_bytes()
    site.answers = {"/page": send(PDF, "application/pdf")}
    assert fetch(tmp_path, entry(site.url("/page"), format="pdf"))[0].status == "updated"
    assert not (tmp_path / "official/page/source.html").exists()


def test_a_failure_keeps_what_was_fetched_before(site: Site, tmp_path: Path) -> None:
    """One entry that fails neither stops the others nor loses its earlier file."""
    site.answers = {"/page": in_turn(send(PAGE), send(b"gone", status=404)), "/other": send(PAGE)}
    pages = (entry(site.url("/page")), entry(site.url("/other"), "other"))
    fetch(tmp_path, *pages)
    results = fetch(tmp_path, *pages)
    assert [result.status for result in results] == ["failed", "unchanged"]
    assert "answered 404" in results[0].message
    assert (tmp_path / "official/page/source.html").read_bytes() == PAGE


def test_a_file_that_cannot_be_written_is_reported(site: Site, tmp_path: Path) -> None:
    """A folder in the file's place fails that entry, and no half-written file stays."""
    site.answers = {"/page": send(PAGE)}
    (tmp_path / "official/page/source.html").mkdir(parents=True)
    result = fetch(tmp_path, entry(site.url("/page")))[0]
    assert result.status == "failed" and "cannot be written" in result.message
    assert [path.name for path in (tmp_path / "official/page").iterdir()] == ["source.html"]


def test_redirects_stay_within_the_listed_hosts(site: Site, tmp_path: Path) -> None:
    """A redirect to a listed host is followed; one elsewhere is refused before anything is asked there."""
    inside = send(b"", status=302, Location=site.url("/target", "localhost"))
    site.answers = {"/page": inside, "/target": send(PAGE)}
    listed = entry(site.url("/other", "localhost"), "other")
    assert fetch(tmp_path, entry(site.url("/page")), listed)[0].status == "new"
    site.asked.clear()
    assert "which no entry of the list names" in failure(tmp_path / "official", entry(site.url("/page")))
    assert site.paths() == ["/page"]


@pytest.mark.parametrize("target", ["http://10.0.0.1/x", "http://169.254.169.254/x", "http://[::ffff:192.168.0.1]/x"])
def test_redirects_to_private_addresses_are_refused(site: Site, tmp_path: Path, target: str) -> None:
    """Even a listed host is not asked when its address is private or link-local."""
    site.answers = {"/page": send(b"", status=301, Location=target)}
    message = failure(tmp_path, entry(site.url("/page")), entry(target, "inner"))
    assert "private, local or reserved address" in message


def test_redirects_that_go_round_end(site: Site, tmp_path: Path) -> None:
    """A redirect to itself is followed a bounded number of times, and one to nonsense not at all."""
    site.answers = {
        "/page": send(b"", status=302, Location="/page"),
        "/odd": send(b"", status=302, Location="http://127.0.0.1:odd/"),
        "/file": send(b"", status=302, Location="file:///etc/hostname"),
    }
    assert "redirects over 5 times" in failure(tmp_path, entry(site.url("/page")))
    assert "/odd" in failure(tmp_path, entry(site.url("/odd")))
    assert "is not http" in failure(tmp_path, entry(site.url("/file")))


def test_by_default_only_https_and_public_addresses(site: Site, tmp_path: Path) -> None:
    """Without the tests' policy neither plain http nor this machine is spoken to."""
    site.answers = {"/page": send(PAGE)}
    assert "is not https" in failure(tmp_path, entry(site.url("/page")), policy=NetworkPolicy())
    plain = NetworkPolicy(schemes=frozenset({"http"}))
    assert "private, local or reserved" in failure(tmp_path, entry(site.url("/page")), policy=plain)
    assert "private, local or reserved" in failure(tmp_path, entry(site.url("/page", "localhost")), policy=plain)
    assert not site.asked


@pytest.mark.parametrize(
    "address",
    (
        *(
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::"),
        "2001:0:1::f5ff:fffe",
    ),
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Loopback, private, link-local, shared, multicast and wrapped addresses are all refused."""
    with pytest.raises(FetchError, match="private, local or reserved"):
        NetworkPolicy().check_address(address)


def test_public_addresses_are_allowed() -> None:
    """Ordinary addresses of both families pass, and www is the same host as without it."""
    assert host_key(httpx.URL("https://www.unep.org/x")) == host_key(httpx.URL("https://unep.org:443/")) == "unep.org"
    NetworkPolicy().check_address("93.184.215.14")
    NetworkPolicy().check_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    with pytest.raises(FetchError, match="user name"):
        NetworkPolicy().check_url(httpx.URL("https://me@93.184.215.14/"), frozenset())
    NetworkPolicy().check_url(httpx.URL("https://93.184.215.14/"), frozenset({"93.184.215.14"}))


def test_a_server_that_stalls_is_given_up(site: Site, tmp_path: Path) -> None:
    """Silence ends at the time limit of one answer, a trickle at that of the whole file."""

    def stall(_: BaseHTTPRequestHandler) -> None:
        site.closing.wait(5)

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not site.closing.wait(0.1):
            handler.wfile.write(b" ")

    site.answers = {"/page": stall, "/slow": trickle}
    assert "did not answer within 0.4 seconds, 2 times" in failure(tmp_path, entry(site.url("/page")))
    assert site.paths() == ["/page", "/page"]
    assert "takes over 1 seconds, the limit" in failure(tmp_path, entry(site.url("/slow")))


def test_a_body_that_breaks_off_is_noticed(site: Site, tmp_path: Path) -> None:
    """A body shorter than announced is tried again; one that just ends is known by its missing end."""
    site.answers = {
        "/page": in_turn(send(PAGE[:500], length=str(len(PAGE))), send(PAGE)),
        "/never": send(PAGE[:500], length=str(len(PAGE))),
        "/open": send(PAGE[:500], length=""),
        "/file": send(PDF[:9000], "application/pdf", length=""),
    }
    assert "broke off" in failure(tmp_path, entry(site.url("/never")))
    assert "only the beginning" in failure(tmp_path, entry(site.url("/open")))
    assert "only the beginning" in failure(tmp_path, entry(site.url("/file"), format="pdf"))
    assert fetch(tmp_path, entry(site.url("/page")))[0].status == "new"


def test_an_announced_length_is_not_believed(site: Site, tmp_path: Path) -> None:
    """Too much is stopped while it comes, whatever was announced, and a length that cuts the file is noticed."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(b"<html>" + b" " * 65536)

    site.answers = {
        "/endless": endless,
        "/large": send(PAGE * 100),
        "/small": send(PAGE, length="700"),
    }
    small = replace(HASTE, max_bytes=100_000)
    assert "sends over 100000 bytes, the limit" in failure(tmp_path, entry(site.url("/endless")), limits=small)
    assert "sends over 100000 bytes, the limit" in failure(tmp_path, entry(site.url("/large")), limits=small)
    assert "only the beginning" in failure(tmp_path, entry(site.url("/small")))


def test_the_bytes_decide_what_a_file_is(site: Site, tmp_path: Path) -> None:
    """A page called a PDF, a PDF called a page, and text called a page are refused; a modest server is believed."""
    site.answers = {
        "/page": send(PAGE, "application/pdf"),
        "/file": send(PDF, "text/html"),
        "/text": send(b"Service unavailable"),
        "/login": send(PAGE),
        "/modest": send(PDF, "application/octet-stream"),
    }
    assert "sent html and calls it 'application/pdf'" in failure(tmp_path, entry(site.url("/page")))
    assert "sent pdf and calls it 'text/html'" in failure(tmp_path, entry(site.url("/file"), format="pdf"))
    assert "sent something unknown, not html" in failure(tmp_path, entry(site.url("/text")))
    assert "sent html, not pdf" in failure(tmp_path, entry(site.url("/login"), format="pdf"))
    assert fetch(tmp_path, entry(site.url("/modest"), format="pdf"))[0].status == "new"


def test_a_busy_server_is_asked_again_when_it_says(site: Site, tmp_path: Path) -> None:
    """Retry-After is honoured as seconds and as a date, but not beyond the limit."""
    soon = send(b"", status=429, Retry_After="1")
    site.answers = {
        "/page": in_turn(soon, send(PAGE)),
        "/date": in_turn(send(b"", status=503, Retry_After=formatdate(time.time() - 60, usegmt=True)), send(PAGE)),
        "/late": send(b"", status=429, Retry_After="3600"),
        "/odd": in_turn(send(b"", status=503, Retry_After="soon"), send(PAGE)),
    }
    assert fetch(tmp_path, entry(site.url("/page")))[0].status == "new"
    first, second = (when for path, when in site.asked if path == "/page")
    assert second - first >= 1.0
    for number, path in enumerate(("/date", "/odd")):
        assert fetch(tmp_path, entry(site.url(path), f"page-{number}"))[0].status == "new"
    results = fetch(tmp_path, entry(site.url("/late"), "late"))
    assert "asks to wait 3600 seconds, over the limit of 1.5" in results[0].message
    assert site.paths().count("/late") == 1


def test_an_error_that_passes_is_tried_again(site: Site, tmp_path: Path) -> None:
    """A 500 is tried again a bounded number of times, a 404 never."""
    site.answers = {"/page": in_turn(send(b"", status=500), send(PAGE)), "/down": send(b"", status=502)}
    assert fetch(tmp_path, entry(site.url("/page")))[0].status == "new"
    assert "answered 502, 2 times" in fetch(tmp_path, entry(site.url("/down"), "down"))[0].message
    assert "answered 404" in fetch(tmp_path, entry(site.url("/missing"), "missing"))[0].message
    assert site.paths() == ["/page", "/page", "/down", "/down", "/missing"]


def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    """A closed port and a name that leads nowhere fail their entries with a reason."""
    results = fetch(tmp_path, entry("http://127.0.0.1:9/x"), entry("http://nowhere.invalid/x", "nowhere"))
    assert "robots.txt cannot be read" in results[0].message and "broke off" in results[0].message
    assert "cannot be found" in results[1].message


def test_robots_txt_is_obeyed(site: Site, tmp_path: Path) -> None:
    """What robots.txt forbids is not asked for, at a redirect's end either; it is read once."""
    site.answers = {
        "/robots.txt": send(b"User-agent: *\nDisallow: /private\n", "text/plain"),
        "/page": send(PAGE),
        "/private/page": send(PAGE),
        "/moved": send(b"", status=302, Location="/private/page"),
    }
    pages = ("/page", "/private/page", "/moved")
    results = fetch(tmp_path, *(entry(site.url(path), f"page-{number}") for number, path in enumerate(pages)))
    assert [result.status for result in results] == ["new", "failed", "failed"]
    assert all("must not be fetched, says its robots.txt" in result.message for result in results[1:])
    assert site.paths() == ["/page", "/moved"]
    assert [path for path, _ in site.asked].count("/robots.txt") == 1


@pytest.mark.parametrize("status", [403, 500])
def test_robots_txt_that_cannot_be_read_forbids(site: Site, tmp_path: Path, status: int) -> None:
    """A site that hides its rules, or cannot give them now, is left alone."""
    site.answers = {"/robots.txt": send(b"", status=status), "/page": send(PAGE)}
    assert "so nothing is fetched from there" in failure(tmp_path, entry(site.url("/page")))
    assert site.paths() == []


def test_requests_to_a_host_are_paused(site: Site, tmp_path: Path) -> None:
    """Between two requests to a host lies the pause, or the site's own longer one within its limit."""
    site.answers = {"/a": send(PAGE), "/b": send(PAGE)}
    pages = (entry(site.url("/a"), "a"), entry(site.url("/b"), "b"))
    fetch(tmp_path, *pages, limits=replace(HASTE, pause=0.15))
    times = [when for _, when in site.asked]
    assert len(times) == 3 and all(later - sooner >= 0.15 for sooner, later in pairwise(times))
    site.asked.clear()
    site.answers["/robots.txt"] = send(b"User-agent: *\nCrawl-delay: 60\n", "text/plain")
    fetch(tmp_path, *pages, limits=replace(HASTE, max_crawl_delay=0.2))
    assert 0.2 <= site.asked[-1][1] - site.asked[-2][1] < 5


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("page = ", "no TOML"),
        ("", "page: "),
        ('[[page]]\nid = "a"', "page.0.title"),
        (entry("ftp://example.org/x"), "page.0.url"),
        (entry("https://example.org/x", "../up"), "page.0.id"),
        (entry("https://example.org/x", colour="red"), "page.0.colour"),
        (entry("https://example.org/x", date="soon"), "is no date"),
        (entry("https://example.org/x") + entry("https://example.org/y"), "id 'page' stands twice"),
        (entry("https://example.org/x") + entry("https://example.org/x", "other"), "stands twice"),
    ],
)
def test_a_list_with_a_mistake_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    """A mistake in the list is named, and nothing is fetched."""
    (tmp_path / "list.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidMetadata, match=complaint) as caught:
        fetch_official(tmp_path / "list.toml", tmp_path / "official")
    assert caught.value.path == tmp_path / "list.toml"


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    """Without a list the error says so."""
    with pytest.raises(InvalidMetadata, match="cannot be opened"):
        fetch_official(tmp_path / "list.toml", tmp_path / "official")


def test_the_list_of_the_corpus() -> None:
    """The list that is shipped is valid, uses https throughout and has pages in both languages."""
    pages = read_list(ROOT / "corpus/official.toml")
    assert 20 <= len(pages) <= 40 and all(page.url.startswith("https://") for page in pages)
    assert {page.language for page in pages} == {"fr", "en"}
