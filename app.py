"""The web application: `python app.py` indexes the corpus where needed and serves the page."""

from __future__ import annotations

import sys

from assistant.commands import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
