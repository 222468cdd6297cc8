"""What can go wrong in an evaluation, under the application's own root.

SummitError
└── EvaluationError
    ├── CaseError        a case is not what it should be
    ├── UsageError       the command asks for something that is not there
    ├── RunMismatch      a run cannot be continued or compared: it measured something else
    └── MissingPeer      an optional package of a peer is not installed
"""

from __future__ import annotations

from assistant.errors import SummitError


class EvaluationError(SummitError):
    """The root of the evaluation's errors; its text may be shown as it is."""


class CaseError(EvaluationError):
    """A file of cases, or a case, cannot be used."""


class UsageError(EvaluationError):
    """The command's words ask for something that is not there."""


class RunMismatch(EvaluationError):
    """Two runs, or a run and what it should continue, differ in what they measure."""


class MissingPeer(EvaluationError):
    """A peer's package is not installed."""
