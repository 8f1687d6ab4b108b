"""The check digit of LOINC codes: the last digit, after the hyphen, by modulus 10."""

import re
from functools import lru_cache

CODE = re.compile(r"([0-9]{1,7})-([0-9])")


@lru_cache(maxsize=10_000)  # every batch brings the same few hundred codes
def has_valid_check_digit(code: str) -> bool:
    """Return whether a code is shaped as LOINC and its check digit fits."""
    found = CODE.fullmatch(code)
    return found is not None and check_digit(found[1]) == int(found[2])


def check_digit(number: str) -> int:
    """Return the digit that belongs behind a LOINC number (Regenstrief, Appendix A).

    From the right, every other digit counts double, as its digit sum.
    """
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10
