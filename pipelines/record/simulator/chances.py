"""Draws from a random stream of its own, taken in blocks: one draw costs a list pop."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

BLOCK = 256
Option = TypeVar("Option")


class Chances:
    """Uniform draws; the same entropy gives the same draws."""

    def __init__(self, *entropy: int) -> None:
        self._rng = np.random.default_rng(entropy)
        self._left: list[float] = []

    def share(self) -> float:
        """Return a number from 0 to 1, without 1."""
        if not self._left:
            self._left = self._rng.random(BLOCK).tolist()
        return self._left.pop()

    def happens(self, share: float) -> bool:
        """Return whether something happens that happens in a share of cases."""
        return self.share() < share

    def between(self, low: float, high: float) -> float:
        """Return a number between two."""
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` up to, not including, ``high``."""
        return low + int((high - low) * self.share())

    def integers(self, high: int) -> int:
        """Return a whole number below ``high``, as numpy's generators do."""
        return self.whole(0, high)

    def pick(self, options: Sequence[Option]) -> Option:
        """Return one of several, all equally likely."""
        return options[int(len(options) * self.share())]

    def weighted(self, options: Sequence[tuple[float, Option]]) -> Option:
        """Return one of several by their shares, which sum to one."""
        left = self.share()
        for share, option in options:
            left -= share
            if left < 0:
                return option
        return options[-1][1]
