"""The parts that many resources of FHIR R4 have: codes, quantities, names, times.

An age or a duration is a quantity of time.
"""

from decimal import Decimal

from msgspec import Struct, field

Texts = list[str]


class Part(Struct, rename="camel", gc=False):
    """A part of a resource."""


class Coding(Part):
    """A code of a system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(Part):
    """A concept: codes that mean the same, and words."""

    coding: list[Coding] = field(default_factory=list)
    text: str | None = None


class Reference(Part):
    """A reference to another resource."""

    reference: str | None = None
    display: str | None = None


class Identifier(Part):
    """A number by which others know somebody."""

    use: str | None = None
    type: Concept | None = None
    system: str | None = None
    value: str | None = None


class Quantity(Part):
    """A number with comparator and unit."""

    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    code: str | None = None


class Money(Part):
    """An amount in a currency."""

    value: Decimal | None = None
    currency: str | None = None


class Range(Part):
    """A range of values."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Part):
    """A ratio of two quantities."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Part):
    """A span of time."""

    start: str | None = None
    end: str | None = None


class Annotation(Part):
    """A note."""

    text: str | None = None


class Meta(Part):
    """When a version was made."""

    last_updated: str | None = None
    profile: Texts = field(default_factory=list)


class Extension(Part):
    """What a profile adds."""

    url: str | None = None
    value_coding: Coding | None = None
    value_string: str | None = None
    value_decimal: Decimal | None = None
    value_address: "Address | None" = None
    extension: "list[Extension]" = field(default_factory=list)


class HumanName(Part):
    """A name."""

    use: str | None = None
    family: str | None = None
    given: Texts = field(default_factory=list)
    prefix: Texts = field(default_factory=list)
    suffix: Texts = field(default_factory=list)
    text: str | None = None


class Telecom(Part):
    """A telephone number or an address of mail."""

    system: str | None = None
    value: str | None = None


class Address(Part):
    """An address."""

    line: Texts = field(default_factory=list)
    city: str | None = None
    district: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    extension: list[Extension] = field(default_factory=list)
