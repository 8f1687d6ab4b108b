"""Looking again and again beside a test, until the test is over."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

EVERY_SECONDS = 0.5
MOST_SECONDS = 180


class Beside:
    """What looks in a thread of its own; a failure of a look is one of the test."""

    def __init__(self, look: Callable[[], object]) -> None:
        """Keep what looks; ``looking`` begins."""
        self._look = look
        self._is_over = threading.Event()
        self._failure: Exception | None = None

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look twice a second as long as this is open."""
        thread = threading.Thread(target=self._look_until_over, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def wait_until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        """Wait until something is so, or let the test fail with these words."""
        deadline = time.monotonic() + MOST_SECONDS
        while not is_so():
            if self._failure:
                raise self._failure
            if time.monotonic() > deadline:
                pytest.fail(f"after {MOST_SECONDS} s {otherwise}")
            time.sleep(EVERY_SECONDS)

    def _look_until_over(self) -> None:
        try:
            while not self._is_over.wait(EVERY_SECONDS):
                self._look()
        except Exception as error:  # noqa: BLE001 - the test raises it
            self._failure = error
