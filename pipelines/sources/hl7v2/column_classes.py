"""What the one column of messages tells: all of a message, so who it is of."""

IDENTIFIES = frozenset({"line"})
QUASI: frozenset[str] = frozenset()
HARMLESS: frozenset[str] = frozenset()
