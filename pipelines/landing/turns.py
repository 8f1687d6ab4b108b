"""How threads share the interpreter while one prepares and another writes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

TURN_SECONDS = 0.001


@contextmanager
def threads_taking_turns() -> Iterator[None]:
    """Let threads take turns five times as often as the interpreter does by itself.

    The one that feeds PostgreSQL lets go of the interpreter at each of its many short
    calls; it would wait 5 ms to get it back from the one that maps messages, while
    PostgreSQL waits for it: 0.25 s of 3.7 s for 11,590 messages.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
