"""Everything that can go wrong, as a tree.

SummitError
├── SettingsError            a setting is unknown or out of bounds
├── CorpusError              something in the corpus folder (carries file and line)
│   ├── UnreadableFile       a file cannot be read as what it claims to be
│   ├── DocumentTooLarge     a limit on size, pages or time was met
│   └── InvalidMetadata      document.yaml is not what it should be
├── SearchIndexError         the search index
│   ├── IndexMissing         nothing was indexed yet
│   ├── IndexMismatch        built by another encoder, splitter or corpus
│   ├── IndexBusy            another process is indexing
│   ├── IndexNotWritable     the data folder cannot be written
│   ├── IndexUnreachable     the server that holds the index does not answer
│   └── IndexDamaged         files of the index cannot be read
├── FetchError               an official document could not be fetched
├── InvalidRequest           a request that cannot be understood
│   └── TextTooLong          feedback is over its limit (web/feedback.py)
├── StoreError               the database of permalinks and feedback (web/database.py)
│   └── UnknownAnswer        an id that names no answer of this server
├── BackupError              a backup cannot be written or read (backup.py)
└── ModelError               the language model failed; the quotes answer serves
    └── ModelFault           what went wrong, by kind (answering/faults.py)

Every message says the value that was met, the limit that it broke, and the remedy.
"""

from __future__ import annotations

from pathlib import Path


class SummitError(Exception):
    """The root: its text may be shown to a person as it is."""


class SettingsError(SummitError):
    """A setting is unknown or has a value that cannot be used."""


class CorpusError(SummitError):
    """Something is wrong with a file of the corpus."""

    def __init__(self, message: str, path: Path | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.message}"


class UnreadableFile(CorpusError):
    """A file cannot be read as what its name claims that it is."""


class DocumentTooLarge(CorpusError):
    """A file is over a limit of size, pages, expansion or time."""


class InvalidMetadata(CorpusError):
    """document.yaml is broken or lacks something."""


class SearchIndexError(SummitError):
    """The search index cannot be used."""


class IndexMissing(SearchIndexError):
    """There is no index yet."""


class IndexMismatch(SearchIndexError):
    """The index was built with other settings than those in force."""


class IndexBusy(SearchIndexError):
    """Another process is writing the index."""


class IndexNotWritable(SearchIndexError):
    """The data folder cannot be written."""


class IndexUnreachable(SearchIndexError):
    """The server that holds the index does not answer."""


class IndexDamaged(SearchIndexError):
    """Files of the index are missing or cannot be read."""


class FetchError(SummitError):
    """An official document could not be fetched."""


class InvalidRequest(SummitError):
    """A request that the program cannot understand."""


class ModelError(SummitError):
    """The language model gave nothing usable."""
