"""How much of a medicine, how often, how long; what no dosage can be is refused."""

import re
from dataclasses import asdict, dataclass
from decimal import Decimal

from pipelines.record.actions.requirements import filled, refuse

# One number, or from one to another: 500, 2.5, 1-2.
AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?(-[0-9]{1,6}(\.[0-9]{1,4})?)?")
NOT_ZERO = re.compile(r"[1-9]")
MOST_DAYS, MOST_REFILLS, MOST_DOSES = 365, 24, 24


@dataclass(frozen=True)
class Dosage:
    """How much, how often, how long."""

    dose_text: str
    dose_unit: str
    frequency_text: str
    doses_per_day: Decimal
    quantity: Decimal
    days_supply: int
    refills_allowed: int
    route_code: str


def checked(dosage: Dosage) -> dict[str, object]:
    """Return a dosage as columns; what no dosage can be is refused."""
    filled(dosage.dose_text, "the dose")
    filled(dosage.dose_unit, "the unit of the dose")
    filled(dosage.route_code, "the route")
    filled(dosage.frequency_text, "how often")
    is_amount = AMOUNT.fullmatch(dosage.dose_text) and NOT_ZERO.search(dosage.dose_text)
    for is_possible, what in (
        (is_amount, "the dose"),
        (0 < dosage.doses_per_day <= MOST_DOSES, "doses per day"),
        (dosage.quantity > 0, "the quantity"),
        (1 <= dosage.days_supply <= MOST_DAYS, "the days of supply"),
        (0 <= dosage.refills_allowed <= MOST_REFILLS, "the number of refills"),
    ):
        if not is_possible:
            refuse(f"{what} is not possible")
    return asdict(dosage) | {"days_supply": Decimal(dosage.days_supply)}
