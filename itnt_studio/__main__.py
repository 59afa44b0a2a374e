"""``itnt-studio`` and ``python -m itnt_studio``: serve the dashboard to this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from itnt_core.installed import app_folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the dashboard until it is stopped, then leave Python with Streamlit's exit code.

    ``arguments`` are those of the command line unless given. Streamlit reads the settings beside ``dashboard.py``
    whatever folder the command is given in; options and ``STREAMLIT_`` variables come after them.
    """
    parser = argparse.ArgumentParser(
        prog="itnt-studio",
        description="Serve ITNT Studio to this machine, on http://127.0.0.1:8501 unless that port is taken.",
        epilog="Every option of 'streamlit run' is passed on, as in --server.port 8600.",
    )
    _, options = parser.parse_known_args(arguments)
    from streamlit.web import cli  # slow to import, and not needed to say how the command is used

    sys.exit(cli.main(["run", str(app_folder() / "dashboard.py"), *options], prog_name="streamlit"))


if __name__ == "__main__":
    main()
