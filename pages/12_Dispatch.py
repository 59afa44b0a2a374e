"""Dispatch: aerial users are led without knowing the future; two dispatchers fly the same world side by side."""

from __future__ import annotations

from pages.dispatching.studio import dispatch_studio

dispatch_studio()
