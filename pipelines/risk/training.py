"""Trains the readmission model and enters it in ``ml.model``."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
from psycopg.types.json import Jsonb

from models import features
from models.features import FEATURES
from models.readmission import NAME, Trained, train
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.risk import artefacts
from pipelines.risk.reading import Known, read_known
from pipelines.risk.statements import DIGEST_OF_MODEL, INSERT_MODEL, NEWEST_MODEL
from pipelines.settings import Settings

RETRAIN_AFTER = timedelta(days=7)
SOFTWARE = ("scikit-learn", "numpy", "pandas", "skops")


@dataclass(frozen=True)
class Model:
    """A trained model as the database knows it."""

    version: str
    trained_at: datetime
    training_events: int
    base_rate: float
    is_shown: bool
    artefact_digest: str


def newest_model(connection: psycopg.Connection) -> Model | None:
    """Return the model trained last; none if there is none."""
    row = connection.execute(NEWEST_MODEL, (NAME,)).fetchone()
    return Model(*row) if row else None


def is_due(model: Model | None) -> bool:
    """Return whether it is time to train again."""
    return model is None or datetime.now(UTC) - model.trained_at >= RETRAIN_AFTER


def train_model(settings: Settings) -> Trained:
    """Train on what is known now; the same data and code give the same version again.

    Raises:
        LeakageError: the model would see what it cannot know.
        TooLittleToLearnError: no stay, or only one outcome, to learn from.
    """
    with connect(settings, Role.BUILDER) as connection:
        known = read_known(connection)
        trained = train(known.index_stays, known.features)
        description = _describe(known)
        model_version = _free_version(settings, connection, trained, description)
        if model_version:
            enter(settings, connection, trained, model_version, description)
    return trained


def _free_version(
    settings: Settings,
    connection: psycopg.Connection,
    trained: Trained,
    description: dict[str, Any],
) -> str | None:
    """Return the version to enter; none if this model is there, its file whole."""
    origin = f"{description['data_digest']}{description['code_digest']}"
    short = hashlib.sha256(origin.encode()).hexdigest()[:8]
    for attempt in count(1):
        model_version = f"{trained.cutoff:%Y-%m-%d}.{short}.{attempt}"
        row = connection.execute(DIGEST_OF_MODEL, (NAME, model_version)).fetchone()
        if row is None:
            return model_version
        folder = artefacts.folder_of(settings, NAME, model_version)
        if artefacts.is_whole(folder, row[0]):
            return None
    return None


def enter(
    settings: Settings,
    connection: psycopg.Connection,
    trained: Trained,
    model_version: str,
    description: dict[str, Any],
) -> None:
    """Write the model's files and its row."""
    scorecard = trained.scorecard.as_json() if trained.scorecard else {}
    row = {
        "model_name": NAME,
        "model_version": model_version,
        "cutoff_at": trained.cutoff.floor("us").to_pydatetime(),
        "training_stays": trained.training_stays,
        "training_events": trained.training_events,
        "test_stays": trained.test_stays,
        "test_events": trained.test_events,
        "base_rate": trained.base_rate,
        "is_shown": trained.why_not_shown is None,
        "why_not_shown": trained.why_not_shown,
    }
    told = {
        **row,
        "cutoff_at": trained.cutoff.isoformat(),
        "scorecard": scorecard,
        **description,
    }
    folder = artefacts.folder_of(settings, NAME, model_version)
    digest = artefacts.save(folder, trained.model, told)
    connection.execute(
        INSERT_MODEL,
        {
            **row,
            "scorecard": Jsonb(scorecard),
            "artefact_digest": digest,
            "description": Jsonb(description),
        },
    )


def _describe(known: Known) -> dict[str, Any]:
    """Return what the model was made of: features, data, code, software."""
    return {
        "features": {each.name: list(each.terms) for each in FEATURES},
        "data_digest": _digest_of(known.index_stays, known.features),
        "code_digest": _code_digest(),
        "software": {name: version(name) for name in SOFTWARE},
    }


def _digest_of(*frames: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for frame in frames:
        hashed = pd.util.hash_pandas_object(frame.astype(str), index=False)
        digest.update(hashed.to_numpy().tobytes())
    return digest.hexdigest()


def _code_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(features.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
