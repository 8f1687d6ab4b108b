"""What the one column of FHIR's lines tells: the whole resource, so who it is of."""

IDENTIFIES = frozenset({"line"})
QUASI: frozenset[str] = frozenset()
HARMLESS: frozenset[str] = frozenset()
