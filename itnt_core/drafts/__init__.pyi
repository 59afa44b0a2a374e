from .store import Draft, DraftChangedError, DraftError, DraftStore, DraftVersion, RecentDraft, UnknownDraftError

__all__ = ["Draft", "DraftChangedError", "DraftError", "DraftStore", "DraftVersion", "RecentDraft", "UnknownDraftError"]
