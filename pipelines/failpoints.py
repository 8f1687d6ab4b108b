"""Named places where a test may kill the process, as a power cut would.

``EHR_FAILPOINT=name:n`` kills it when it comes to the place for the n-th time. Only an
installation in mode ``test`` looks at it.
"""

import os
import signal
from collections import Counter

_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Go on, unless a test wants the process to die here."""
    wanted, _, count = os.environ.get("EHR_FAILPOINT", "").partition(":")
    if wanted != name or os.environ.get("EHR_MODE") != "test":
        return
    _reached[name] += 1
    if _reached[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
