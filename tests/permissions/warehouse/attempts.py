"""One statement, really tried by one role, and what became of it; nothing stays.

All statements of a role run in one transaction, each after going back to the same
savepoint: one round trip per attempt, and what an allowed one did is gone.
"""

from enum import StrEnum
from typing import NamedTuple, Self

import psycopg
from psycopg import pq, sql

DENIED = "42501"
# Not of this kind of relation, or not while something else depends on it.
WRONG_KIND = frozenset({"0A000", "42809", "55000", "2BP01"})
# Says nothing about a right: the attempt has to be made again.
UNDECIDED = frozenset({"55P03", "57014", "40P01", "25P02", "25006", "3B001"})
TEXTS = (
    pq.DiagnosticField.MESSAGE_PRIMARY,
    pq.DiagnosticField.MESSAGE_DETAIL,
    pq.DiagnosticField.MESSAGE_HINT,
    pq.DiagnosticField.CONTEXT,
    pq.DiagnosticField.INTERNAL_QUERY,
    pq.DiagnosticField.COLUMN_NAME,
    pq.DiagnosticField.CONSTRAINT_NAME,
)


class Answer(StrEnum):
    """What the server made of an attempt."""

    ALLOWED = "allowed"
    DENIED = "denied"
    # Allowed or not, it cannot be done with such a relation.
    IMPOSSIBLE = "impossible"


class Outcome(NamedTuple):
    """What became of one attempt: state of the error (None: none), and words."""

    state: str | None
    message: str
    texts: str
    rows: list[tuple[str | None, ...]]

    @property
    def answer(self) -> Answer:
        """Return what this says about rights; an error of another kind got past them.

        Raises:
            AssertionError: it says nothing about them.
        """
        if self.state in UNDECIDED:
            raise AssertionError(self.state, self.message)
        # A policy that refuses a new row stands behind the right to insert.
        if self.state == DENIED and "row-level security" not in self.message:
            return Answer.DENIED
        return Answer.IMPOSSIBLE if self.state in WRONG_KIND else Answer.ALLOWED


class Attempts:
    """The attempts of one role, on a connection that is in no other use."""

    def __init__(self, connection: psycopg.Connection, user_id: str = "") -> None:
        """Begin; ``user_id`` is the person that the role's pages would name."""
        self._connection = connection
        self._server = connection.pgconn
        if not self._is_in_transaction():
            self._run("begin; set local transaction_read_only = off")
        self._run("savepoint attempt")
        self.be(user_id)

    def be(self, user_id: str) -> Self:
        """Name another person for what is tried from now on."""
        named = sql.Literal(user_id).as_string(self._connection)
        self._run("rollback to savepoint attempt; set local lock_timeout = '10s'")
        self._run(f"select set_config('ehr.user_id', {named}, true)")
        self._run("savepoint attempt")
        return self

    def of(self, statement: str) -> Outcome:
        """Try one statement, or several of which the last one counts."""
        result = self._server.exec_(
            f"rollback to savepoint attempt; {statement}".encode()
        )
        if result.status == pq.ExecStatus.COPY_IN:
            self._server.put_copy_end(b"nothing was to be written")
            result = self._last_result()
            return Outcome(None, "", self._texts_of(result), [])
        if result.status == pq.ExecStatus.COPY_OUT:
            while self._server.get_copy_data(0)[0] > 0:
                pass
            result = self._last_result()
        state = result.error_field(pq.DiagnosticField.SQLSTATE)
        message = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
        return Outcome(
            state.decode() if state else None,
            message.decode(),
            self._texts_of(result),
            _rows_of(result),
        )

    def end(self) -> None:
        """Take everything back."""
        self._run("rollback")

    def _last_result(self) -> pq.abc.PGresult:
        found = last = self._server.get_result()
        while found is not None:
            last, found = found, self._server.get_result()
        assert last is not None
        return last

    def _texts_of(self, result: pq.abc.PGresult) -> str:
        found = (result.error_field(field) for field in TEXTS)
        return " ".join(text.decode() for text in found if text)

    def _is_in_transaction(self) -> bool:
        return self._server.transaction_status != pq.TransactionStatus.IDLE

    def _run(self, statement: str) -> None:
        result = self._server.exec_(statement.encode())
        good = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
        assert result.status in good, result.error_message


def _rows_of(result: pq.abc.PGresult) -> list[tuple[str | None, ...]]:
    return [
        tuple(
            value.decode() if (value := result.get_value(row, column)) else None
            for column in range(result.nfields)
        )
        for row in range(result.ntuples)
    ]
