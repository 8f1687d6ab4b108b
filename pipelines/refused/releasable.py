"""Which rules a person may overrule: the fact is whole, only its value is doubted.

Never overruled: what has no key or cannot be typed (it is no fact), what a contract of
the marts requires, a value outside of a closed list (no model knows what it means), and
what would land an identifier unencrypted or join patients.
"""

LIMIT = "expect_column_values_to_be_between"
ORDER = "expect_column_pair_values_a_to_be_greater_than_b"
PATTERN = "expect_column_values_to_not_match_regex"
# Patterns that are limits of a vital sign in any unit.
LIMITS_AS_PATTERNS = frozenset(
    {"temperature", "rate_or_pressure", "saturation", "oxygen_flow"}
)


def may_be_overruled(rule: str) -> bool:
    """Return whether a row may be released although it breaks this rule."""
    _, _, rest = rule.partition(":")
    kind, _, columns = rest.partition(":")
    if kind == PATTERN:
        return columns.rpartition(":")[2] in LIMITS_AS_PATTERNS
    return kind in (LIMIT, ORDER)


def may_be_released(rules: str) -> bool:
    """Return whether every rule that a row breaks may be overruled."""
    return all(may_be_overruled(rule) for rule in rules.split(", "))
