"""The marts and functions as built break no rule of the lints."""

import psycopg

from tests.access_rules.lints import findings


def test_no_lint_finds_anything(admin: psycopg.Connection) -> None:
    assert list(findings(admin)) == []
