"""``python -m itnt_core``: everything the pages can do, without a browser."""

import sys

from itnt_core.cli import main
from itnt_core.collecting import collect_seldom

collect_seldom()
sys.exit(main())
