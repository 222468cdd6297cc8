"""The command line: python -m assistant index | ask | check | fetch | serve."""

from __future__ import annotations

import sys

from assistant.commands import main

if __name__ == "__main__":
    sys.exit(main())
