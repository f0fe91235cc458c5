"""A board in a process of its own, as people start it."""

import subprocess
import sys
from contextlib import contextmanager


@contextmanager
def board(folder, *options):
    """The address of a board of a folder, on a free port."""
    command = [sys.executable, "-m", "uzviz", "board", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http"))
    finally:
        process.terminate()
        process.communicate(timeout=20)
