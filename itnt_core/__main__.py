"""``python -m itnt_core``: everything the pages can do, without a browser."""

import sys

from itnt_core.cli import main

sys.exit(main())
