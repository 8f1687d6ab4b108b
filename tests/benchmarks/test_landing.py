"""One small run of what ``make bench`` does first."""

from pathlib import Path

from benchmarks.copying import (
    COPIED,
    RAW,
    export_landed,
    make_empty_copy,
    seconds_of_copy,
)
from benchmarks.data import make_hospital
from benchmarks.loading import load_apart
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings

ROWS = 300


def test_the_bare_copy_makes_the_very_rows_and_indexes_that_landing_made(
    warehouse: Settings, tmp_path: Path
):
    results = make_hospital(tmp_path / "hospital", ROWS).lab_results
    loaded = load_apart(warehouse, results, "measured", results)
    assert loaded.landed + loaded.unchanged + loaded.refused == ROWS
    assert loaded.seconds > 0
    assert loaded.peak_megabytes > 50

    export_landed(warehouse, tmp_path / "landed.csv")
    make_empty_copy(warehouse)
    seconds_of_copy(warehouse, tmp_path / "landed.csv")

    raw, copied = RAW.as_string(), COPIED.as_string()
    with connect(warehouse, Role.OWNER) as connection:
        for one, other in ((raw, copied), (copied, raw)):
            missing = connection.execute(
                f"select count(*) from (table {one} except all table {other}) as rows"  # noqa: S608 - names of ours
            ).fetchone()
            assert missing == (0,)
        indexes = connection.execute(
            "select count(*), sum(indisunique::integer) from pg_index "
            "where indrelid = %s::regclass",
            (copied,),
        ).fetchone()
    assert indexes == (2, 1)
