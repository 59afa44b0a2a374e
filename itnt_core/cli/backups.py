"""The commands ``backup`` and ``restore``: the whole data folder in one file, and back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from itnt_core.backup import Kept, back_up, restore
from itnt_core.data_folder import common_path


def add_commands(commands: Any) -> None:
    """Add ``backup`` and ``restore`` to the command line."""
    backup = commands.add_parser("backup", help="copy the data folder into one file, while the server runs")
    backup.add_argument("file", type=Path, help="a new file, as in itnt-2026-11-29.tar.gz")
    backup.set_defaults(command=_back_up)
    back = commands.add_parser("restore", help="make an empty data folder out of such a file")
    back.add_argument("file", type=Path, help="what `backup` wrote")
    back.set_defaults(command=_restore)


def _back_up(options: argparse.Namespace) -> int:
    print(f"{_words(back_up(common_path(), options.file))} kept in {options.file}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    print(f"{_words(restore(options.file, common_path()))} restored into {common_path()}.")
    return 0


def _words(kept: Kept) -> str:
    return f"{kept.files:,} files and {kept.databases} databases ({kept.size_mb:,.1f} MB)"
