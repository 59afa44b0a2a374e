"""Results read by many threads at once, as a dashboard of several visitors does: no process is lost."""

import subprocess
import sys

from itnt_core.installed import asset

# Without the lock, half as many rounds ended the process each of eight times.
READERS = """
import sys, threading
from pathlib import Path
from itnt_core.results import read_drawable, read_result, write_result

folder, scratch = Path(sys.argv[1]), Path(sys.argv[2])
result = read_result(folder)

def read():
    for _ in range(10):
        assert read_drawable(folder).kpis == result.kpis

def write(number):
    for _ in range(4):
        write_result(scratch / str(number), result)

threads = [threading.Thread(target=read) for _ in range(4)]
threads += [threading.Thread(target=write, args=(number,)) for number in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("whole")
"""


def test_readers_and_writers_at_once_do_not_end_the_process(tmp_path):
    command = [sys.executable, "-c", READERS, str(asset("demo")), str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout.strip()) == (0, "whole"), answer.stderr[-2000:]
