"""Numbers in a source's own spelling, turned into digits with a point.

A number with the wrong sign in it (1.234 in a file of decimal commas) could be read two
ways, a thousandfold apart. It is refused.
"""

import re
from dataclasses import dataclass

import polars as pl

COMPARATOR = r"[<>=≤≥~]{0,2}\s*"
AMBIGUOUS = "a number whose decimal sign is not the one that the mapping states"


@dataclass(frozen=True)
class NumberStyle:
    """How a file writes numbers."""

    decimal_comma: bool = False
    thousands_separator: str | None = None

    @property
    def decimal_sign(self) -> str:
        """Return the sign before the fraction."""
        return "," if self.decimal_comma else "."

    @property
    def other_sign(self) -> str:
        """Return the sign that other files write there."""
        return "." if self.decimal_comma else ","

    @property
    def pattern(self) -> str:
        """Return the regular expression of one unsigned number."""
        fraction = rf"(?:{re.escape(self.decimal_sign)}\d+)?"
        plain = rf"\d+{fraction}"
        if self.thousands_separator is None:
            return rf"(?:{plain})"
        group = re.escape(self.thousands_separator)
        return rf"(?:\d{{1,3}}(?:{group}\d{{3}})+{fraction}|{plain})"

    def is_number(self, text: pl.Expr) -> pl.Expr:
        """Return whether a text is one number and nothing else."""
        return text.str.contains(rf"^[+-]?{self.pattern}$")

    def with_point(self, text: pl.Expr) -> pl.Expr:
        """Return numbers, ranges and numbers behind a comparator with a point."""
        number = self.pattern
        is_numeric = text.str.contains(
            rf"^{COMPARATOR}[+-]?{number}(?:\s*-\s*{number})?$"
        )
        pointed = text
        if self.thousands_separator is not None:
            pointed = pointed.str.replace_all(
                self.thousands_separator, "", literal=True
            )
        pointed = pointed.str.replace_all(self.decimal_sign, ".", literal=True)
        return pl.when(is_numeric).then(pointed).otherwise(text)

    def is_ambiguous(self, text: pl.Expr) -> pl.Expr:
        """Return whether a text is a number by another style and not by this one."""
        ours, other = re.escape(self.decimal_sign), re.escape(self.other_sign)
        grouped = rf"\d{{1,3}}(?:{other}\d{{3}})+(?:{ours}\d+)?"
        looks_numeric = rf"^{COMPARATOR}[+-]?(?:{grouped}|\d+{other}\d+)$"
        is_ours = rf"^{COMPARATOR}[+-]?{self.pattern}$"
        return text.str.contains(looks_numeric) & ~text.str.contains(is_ours)
