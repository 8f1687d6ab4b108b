"""Connections that are kept open for the next who asks."""

import psycopg

from pipelines.access.pools import pool_of
from pipelines.database.connections import administrator_conninfo
from pipelines.database.roles import Role
from pipelines.settings import Settings

END = "select pg_terminate_backend(%s, 5000)"


def test_nobody_is_given_a_connection_that_the_server_has_ended(
    simulated_hospital: Settings,
) -> None:
    pool = pool_of(simulated_hospital, Role.DOCTOR)
    with pool.connection() as connection:
        ended = connection.info.backend_pid
    login = administrator_conninfo(simulated_hospital, "warehouse")
    with psycopg.connect(**login) as administrator:
        assert administrator.execute(END, (ended,)).fetchone() == (True,)

    with pool.connection() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert connection.info.backend_pid != ended
