"""Where this program lies: in a checkout, or installed from a wheel. Everything that depends on it asks here."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """Return the folder of the checkout that this package is run from; None where it is installed."""
    folder = PACKAGE.parent
    return folder if (folder / "assets" / "map3d").is_dir() else None


def app_folder() -> Path:
    """Return the folder of the dashboard and its assets: the checkout, or what the wheel carries beside the core."""
    return checkout() or PACKAGE.parent / "itnt_studio" / "app"


def asset(name: str = "") -> Path:
    """Return where something that pages and people look at lies, named from ``assets`` on, as in ``demo/result.nc``."""
    return app_folder() / "assets" / name
