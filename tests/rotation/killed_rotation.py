"""Rotations in a child process that can be killed, again and again, importing once.

Reads one failpoint per line from standard input, an empty line for none. For each it
forks a child that rotates the keys, and prints how the child has ended.
"""

import os
import sys

from pipelines.rotation.rotating import rotate
from pipelines.settings import load_settings


def main() -> None:
    """Serve until standard input ends."""
    settings = load_settings()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.environ["EHR_FAILPOINT"] = line.strip()
            rotate(settings, lambda *_: None)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
