"""Are there published vulnerabilities in the versions of constraints.txt? `python .ci/audit.py`

pip-audit says "No known vulnerabilities found" and ends with 0 also where it could look nothing up. So it is first asked about a version
that is known to be vulnerable: a service that does not know that one was not reached. Exit status: 0 audited and clean, 1 something
was found, or a package was skipped by a service that answers, 3 nothing could be audited.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CANARY = "jinja2==3.1.0"
# By package, each with its reason; docs/security.md says more. One that is no longer reported must be removed from here.
ACCEPTED: Mapping[str, Mapping[str, str]] = {
    "chromadb": {
        "CVE-2026-45829": "in Chroma's Python server, which is never started: embedded, or the Rust server of `chroma run`",
    }
}
NOT_POSSIBLE = 3


def main() -> int:
    """Audit, and say plainly what came of it."""
    root = Path(__file__).parents[1]
    canary, found = ask([CANARY]), []
    if any(one.get("vulns") for one in canary):
        lines = (root / "constraints.txt").read_text("utf-8").splitlines()
        found = ask([line for line in lines if "==" in line and not line.startswith("#")])
    status, said = verdict(canary, found)
    print(said)
    return status


def ask(requirements: Sequence[str]) -> list[dict[str, Any]]:
    """What pip-audit knows of each; nothing where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("\n".join(requirements) + "\n", "utf-8")
        command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "-r", str(listed)]
        options = ["--format", "json", "--aliases", "on", "--progress-spinner", "off", "--timeout", "15"]
        try:
            done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=300)
            dependencies: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return []
    return dependencies


def verdict(canary: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """The exit status and the words, from what pip-audit knows of the canary and of our versions."""
    if not any(one.get("vulns") for one in canary):
        return (
            NOT_POSSIBLE,
            f"NOT AUDITED: the advisory service was not reached ({CANARY} passed for clean); nothing is known",
        )
    problems = [] if found else ["pip-audit gave no answer for our versions"]
    seen: set[tuple[str, str]] = set()
    for one in found:
        name = one["name"].lower()
        if "vulns" not in one:
            problems.append(f"{name} was skipped: {one.get('skip_reason', 'no reason given')}")
        for known in one.get("vulns", ()):
            ids = {known["id"], *known.get("aliases", ())}
            accepted = ids & set(ACCEPTED.get(name, ()))
            seen.update((name, one_id) for one_id in accepted)
            if not accepted:
                problems.append(
                    f"{name} {one['version']}: {', '.join(sorted(ids))}; install {known.get('fix_versions')}"
                )
    for name, reasons in ACCEPTED.items():
        problems += [
            f"{name}: {one} is accepted but not reported any more; take it out"
            for one in reasons
            if (name, one) not in seen
        ]
    if problems:
        return 1, "AUDIT FAILED:\n" + "\n".join(problems)
    return 0, f"audited {len(found)} packages; accepted: {', '.join(one for _, one in sorted(seen)) or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
