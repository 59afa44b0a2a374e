"""What is compiled of this program is used by a reading process, too, which may not write there.

numba takes no folder for what it has compiled that it cannot write into, and would compile all anew, for seconds. It
is told of these classes by a variable of the process's surroundings; versions that do not know that variable go on so.
"""

from __future__ import annotations

from typing import Any

from numba.core.caching import IndexDataCacheFile, InTreeCacheLocator, UserProvidedCacheLocator


class _AsItIs:
    """A folder that need not be there, nor be one that this process may write into."""

    def ensure_cache_path(self) -> None:
        """Ask for nothing: what is missing there is compiled."""


class ReadyElsewhere(_AsItIs, UserProvidedCacheLocator):
    """The folder that ``NUMBA_CACHE_DIR`` names, as in the container; none where it names none."""


class ReadyBeside(_AsItIs, InTreeCacheLocator):
    """The folder beside a module's file."""


def _keep_nothing(file: IndexDataCacheFile, key: Any, data: Any) -> None:
    """Let go what a process has compiled that reads the files of others: nobody else may ever run it."""


IndexDataCacheFile.save = _keep_nothing
