"""Serving the page and the API: parts, application, server. The one place above `wiring.py` that starts something."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.errors import SettingsError
from assistant.following import FollowingParts
from assistant.logs import set_up_logging
from assistant.progress import progress_report
from assistant.settings import Settings
from assistant.web.database import StoreError, connect, prepare
from assistant.web.metrics import Metrics
from assistant.web.options import WebOptions
from assistant.web.permalinks import AnswerStore
from assistant.web.tracing import Tracing
from assistant.wiring import Parts, connect_published, open_parts, ready_parts


def serve(settings: Settings) -> int:
    """Index where needed, then serve until stopped."""
    _set_privacy()
    # Both come first: a wrong origin or an address in use should not cost an indexing run to find out.
    WebOptions.of(settings)
    listener = _listen(settings)
    with listener, progress_report() as report:
        parts = ready_parts(settings, report, lambda line: print(line, file=sys.stderr))
    if parts.writer:
        parts.writer.prepare()  # so that no visitor waits for its libraries
    return serve_parts(settings, parts, lambda: open_parts(settings, parts.encoder, parts.writer))


def serve_parts(settings: Settings, parts: Parts, reopen: Callable[[], Parts]) -> int:
    """Serve `parts` until stopped; `reopen` opens the index that is in force by then."""
    _set_privacy()
    set_up_logging(settings.log_level)
    options = WebOptions.of(settings)
    published = connect_published(settings)
    following = FollowingParts(parts, settings.data_dir, reopen, published.in_force if published else None)
    # Gradio reads its environment when it is imported, so it is imported only now.
    import uvicorn

    from assistant.web.application import Operation, create_app
    from assistant.web.health import Health
    from assistant.web.limits import RateLimiter

    limiter = RateLimiter(options.rate_limit_per_minute, options.rate_limit_url)
    store = _open_store(following, options, settings)
    checks = {
        "index": lambda: following.problem,
        "rate_limit": lambda: limiter.problem,
        "database": lambda: store.problem if store else "it could not be opened when the service started",
    }
    if published:
        checks["chroma"] = lambda: published.problem
    tracing = Tracing(settings.otlp_url) if settings.otlp_url else None
    metrics = Metrics(tracing.requested if tracing else None)
    operation = Operation(Health(checks, needed=frozenset({"chroma"})), metrics, explain=following.explain)
    operation.metrics.watch(operation.health, tuple(checks))
    application = create_app(following, settings, store, limiter, operation)
    listener = _listen(settings)
    print(f"Ready on http://{_shown_host(settings.host)}:{settings.port} (stop with Ctrl+C)", flush=True)
    config = uvicorn.Config(
        application,
        log_config=None,  # ours is set up already
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `TrustedProxies` reads them, and believes trusted proxies only
        timeout_graceful_shutdown=5,
    )
    following.start()
    with _metrics_shown(operation.metrics, settings):
        uvicorn.Server(config).run(sockets=[listener])
    following.close()
    if tracing:
        tracing.close()
    if published:
        published.close()
    return 0


@contextmanager
def _metrics_shown(metrics: Metrics, settings: Settings) -> Iterator[None]:
    if not settings.metrics_port:
        yield
        return
    try:
        server = metrics.serve(settings.metrics_host, settings.metrics_port)
    except OSError as error:
        where = f"{settings.metrics_host}:{settings.metrics_port}"
        raise SettingsError(
            f"metrics cannot listen on {where} ({error.strerror}); set SUMMIT_METRICS_PORT to a free one, or 0"
        ) from None
    try:
        yield
    finally:
        server.shutdown()


def _open_store(parts: FollowingParts, options: WebOptions, settings: Settings) -> AnswerStore | None:
    """The operator's database; where it cannot be written, the assistant answers without permalinks and feedback.

    One that cannot be reached yet is tried again with every use.
    """
    try:
        engine = connect(options.database_url, settings.data_dir)
    except StoreError as error:
        print(f"no permalinks, no feedback: {error}", file=sys.stderr)
        return None
    try:
        prepare(engine)
    except StoreError as error:
        print(f"no permalinks, no feedback for now: {error}", file=sys.stderr)
        return AnswerStore(engine, lambda: parts.catalogue, options.keeping, prepared=False)
    return AnswerStore(engine, lambda: parts.catalogue, options.keeping)


def _set_privacy() -> None:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "200")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        message = f"cannot listen on {settings.host}:{settings.port} ({reason}); stop what uses it, or set SUMMIT_PORT or SUMMIT_HOST"
        raise SettingsError(message) from None
    listener.set_inheritable(True)
    return listener


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # nosec B104 # compared, not bound to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
