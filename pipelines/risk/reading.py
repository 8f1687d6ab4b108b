"""The cohort and its features as frames."""

from dataclasses import dataclass

import pandas as pd
import psycopg

from pipelines.risk.statements import FEATURES, STAYS


@dataclass(frozen=True)
class Known:
    """Stays for which a risk is told, and what was known of them at discharge."""

    stays: pd.DataFrame
    features: pd.DataFrame

    @property
    def index_stays(self) -> pd.DataFrame:
        """Return the stays whose outcome is known."""
        return self.stays[self.stays["is_index"].astype(bool)]


def read_known(connection: psycopg.Connection, *, is_everyone: bool = True) -> Known:
    """Return cohort and features: of everyone, or of the patients of the last build."""
    values = {"is_everyone": is_everyone}
    stays = _frame(connection, STAYS, values)
    features = _frame(connection, FEATURES, values)
    for frame, columns in (
        (stays, ("predicted_at", "window_ends_at")),
        (features, ("known_from", "predicted_at")),
    ):
        for column in columns:
            frame[column] = pd.to_datetime(frame[column], utc=True)
    return Known(stays, features[features["stay_key"].isin(stays["stay_key"])])


def _frame(
    connection: psycopg.Connection, statement: str, values: dict[str, bool]
) -> pd.DataFrame:
    cursor = connection.execute(statement, values)
    columns = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=columns)
