"""Every action of the table of permissions, done in a valid way."""

from tests.permissions.action_book import (
    billing,
    clinical,
    desk,
    laboratory,
    limits,
    medicines,
    outside,
    quality,
    reads,
)
from tests.permissions.action_book.deed import Deed, NothingShownError

__all__ = ["BOOK", "Deed", "NothingShownError"]

BOOK: dict[str, Deed] = {
    **reads.DEEDS,
    **clinical.DEEDS,
    **medicines.DEEDS,
    **laboratory.DEEDS,
    **desk.DEEDS,
    **billing.DEEDS,
    **outside.DEEDS,
    **quality.DEEDS,
    **limits.DEEDS,
}
