"""Tells the risk of every discharge, and enters in ``ml.risk_score`` what is new.

What was told of a stay before is kept as evidence; only its last word is current. A
stay that was withdrawn, or moved to another patient, has no current word.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import psycopg

from models.readmission import NAME
from models.scoring import score
from pipelines.building import BUILD_LOCK
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.risk import artefacts
from pipelines.risk.reading import read_known
from pipelines.risk.statements import (
    CURRENT_SCORES,
    INSERT_SCORE,
    LAST_BUILD_WAS_FULL,
    RETIRE,
    SAID,
)
from pipelines.risk.training import Model, newest_model
from pipelines.settings import Settings

Row = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """How many stays were judged, and how many got or lost a word."""

    stays: int
    new: int
    retired: int


def score_stays(settings: Settings, *, is_everyone: bool = True) -> Scored:
    """Score the stays of everyone, or of the patients of the last build.

    Nothing is entered before there is a model. A build that runs is waited for.

    Raises:
        ArtefactError: the model's file is missing or another one.
        LeakageError: a feature was known only after its prediction.
    """
    with connect(settings, Role.BUILDER, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (BUILD_LOCK,))
        try:
            with connection.transaction():
                model = newest_model(connection)
                if model is None:
                    return Scored(0, 0, 0)
                return _score(settings, connection, model, is_everyone=is_everyone)
        finally:
            connection.execute("select pg_advisory_unlock(%s)", (BUILD_LOCK,))


def was_full(settings: Settings) -> bool:
    """Return whether the last build was of every patient."""
    with connect(settings, Role.BUILDER) as connection:
        row = connection.execute(LAST_BUILD_WAS_FULL).fetchone()
    return bool(row and row[0])


def _score(
    settings: Settings,
    connection: psycopg.Connection,
    model: Model,
    *,
    is_everyone: bool,
) -> Scored:
    known = read_known(connection, is_everyone=is_everyone)
    loaded = None
    if model.is_shown:
        folder = artefacts.folder_of(settings, NAME, model.version)
        loaded = artefacts.load(folder, model.artefact_digest)
    scores = score(loaded, known.stays, known.features, model.base_rate)
    labels = known.stays.set_index("stay_key")["sensitivity"]
    told = [
        _row(stay, values, model, int(labels[stay]))
        for stay, values in scores.iterrows()
    ]
    new, retired = _enter(connection, told, is_everyone=is_everyone)
    return Scored(len(told), new, retired)


def _row(stay: object, values: pd.Series, model: Model, sensitivity: int) -> Row:
    """Return what is said of a stay, as the database takes it."""
    said = {
        name: None if pd.isna(value) else _plain(value)
        for name, value in values.items()
    }
    return {
        **said,
        "stay_key": str(stay),
        "model_name": NAME,
        "model_version": model.version,
        "training_events": model.training_events,
        "is_model_shown": model.is_shown,
        "sensitivity": sensitivity,
    }


def _plain(value: object) -> object:
    """Return a value of pandas or numpy as one of Python."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def _enter(
    connection: psycopg.Connection, told: list[Row], *, is_everyone: bool
) -> tuple[int, int]:
    """Enter what differs from the current words; return how many came and went."""
    current = {
        tuple(said): score_id
        for score_id, *said in connection.execute(
            CURRENT_SCORES, {"model_name": NAME, "is_everyone": is_everyone}
        )
    }
    by_content = {tuple(row[name] for name in SAID): row for row in told}
    outdated = [current[said] for said in current.keys() - by_content.keys()]
    connection.execute(RETIRE, (outdated,))
    new = [row for said, row in by_content.items() if said not in current]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_SCORE, new)
    return len(new), len(outdated)
