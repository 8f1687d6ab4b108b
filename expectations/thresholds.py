"""Where the limit of a check comes from."""

from enum import StrEnum


class Origin(StrEnum):
    """Standard: a rule of the field or of the contract, the same everywhere.

    Observed: learned from the real and simulated records that were seen. Signed off: a
    person of the site has decided it.
    """

    STANDARD = "standard"
    OBSERVED = "observed"
    SIGNED_OFF = "signed off"
