from .store import Draft, DraftChangedError, DraftError, DraftStore, DraftVersion, RecentDraft

__all__ = ["Draft", "DraftChangedError", "DraftError", "DraftStore", "DraftVersion", "RecentDraft"]
