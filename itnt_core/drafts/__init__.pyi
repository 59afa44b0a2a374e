from .store import (
    DATABASE_FILE,
    MOST_NAME,
    Draft,
    DraftChangedError,
    DraftError,
    DraftStore,
    DraftVersion,
    RecentDraft,
    UnknownDraftError,
)

__all__ = [
    "DATABASE_FILE",
    "MOST_NAME",
    "Draft",
    "DraftChangedError",
    "DraftError",
    "DraftStore",
    "DraftVersion",
    "RecentDraft",
    "UnknownDraftError",
]
