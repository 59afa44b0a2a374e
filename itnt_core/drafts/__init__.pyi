from .store import (
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
    "MOST_NAME",
    "Draft",
    "DraftChangedError",
    "DraftError",
    "DraftStore",
    "DraftVersion",
    "RecentDraft",
    "UnknownDraftError",
]
