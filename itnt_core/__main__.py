"""``python -m itnt_core``: everything the pages can do, without a browser."""

import sys

from .cli import main

sys.exit(main())
