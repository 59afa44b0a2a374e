"""Write into a store a hundred times and copy it now and then, as a reader does where it is refused."""

import sys
import tempfile
from pathlib import Path

from itnt_core.runs.database import Database

root, name, stays = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "0"
database = Database(root)
for number in range(100):
    if not stays and number % 5 == 0:
        database = Database(root)
        database.prepare()
    with database.writing() as connection:
        connection.execute("INSERT INTO workers VALUES (?, 1, 'x', 'here', 'b', 0.0)", (f"{name}-{number}",))
    if number % 10 == 0:
        with tempfile.TemporaryDirectory() as private:
            database._copied(Path(private))
