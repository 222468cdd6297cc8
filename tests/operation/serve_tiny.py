"""The real server program on an index that the fake encoder built: `python -m tests.operation.serve_tiny`, settings as always.

Everything is the real thing but the encoder and the weights; `SUMMIT_CORPUS_DIR` holds the tiny corpus.
"""

from __future__ import annotations

import os
import resource
import sys

from assistant.serving import serve_parts
from assistant.wiring import Parts, settings_from_environment
from tests.fakes import PonderingEncoder, indexed_parts, published_parts


def main() -> int:
    """Serve until stopped; `HANDLES` limits the open files, `PONDER` makes each question take so many seconds."""
    handles = int(os.environ.get("HANDLES", "0"))
    if handles:
        resource.setrlimit(resource.RLIMIT_NOFILE, (handles, handles))
    settings = settings_from_environment()

    encoder = PonderingEncoder(float(os.environ.get("PONDER", "0")))

    def opened() -> Parts:
        if settings.chroma_url:
            return published_parts(settings.chroma_url)
        return indexed_parts(settings.data_dir, encoder)

    return serve_parts(settings, opened(), opened)


if __name__ == "__main__":
    sys.exit(main())
