"""Model files: written without pickle, read only if they are what the database says.

A file lies in ``EHR_HOME/models/<name>/<version>``, readable by its owner alone:
weights can tell of the patients that they were learnt from. A pickle would run whatever
code somebody put into it; skops builds only objects of the kinds named here.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from sklearn.calibration import CalibratedClassifierCV

from pipelines.settings import Settings

MODEL_FILE, DESCRIPTION_FILE = "model.skops", "model.json"
TRUSTED = (
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
)


class ArtefactError(Exception):
    """A model file cannot be used; the message says why."""


def folder_of(settings: Settings, name: str, version: str) -> Path:
    """Return where the files of a model lie."""
    return settings.root / "models" / name / version


def save(
    folder: Path, model: CalibratedClassifierCV, description: dict[str, Any]
) -> str:
    """Write a model and what it is; return the digest of the model file.

    The folds that it was fitted with are left out: they say which stays were there.
    """
    from skops import io  # noqa: PLC0415 - its import costs half a second

    model.set_params(cv=None)
    content = io.dumps(model)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for above in (folder, folder.parent, folder.parent.parent):
        above.chmod(0o700)
    _write_private(folder / MODEL_FILE, content)
    digest = _digest_of(content)
    told = {**description, "artefact_digest": digest}
    _write_private(folder / DESCRIPTION_FILE, json.dumps(told, indent=2).encode())
    return digest


def is_whole(folder: Path, digest: str) -> bool:
    """Return whether the model file is there and has this digest."""
    path = folder / MODEL_FILE
    return path.is_file() and _digest_of(path.read_bytes()) == digest


def load(folder: Path, digest: str) -> CalibratedClassifierCV:
    """Return a model, if its file is the one with this digest.

    Raises:
        ArtefactError: the file is missing, is another one, or holds other kinds of
            objects than a model of ours.
    """
    from skops import io  # noqa: PLC0415 - its import costs half a second

    path = folder / MODEL_FILE
    if not path.is_file():
        msg = f"{path} is missing: restore it, or run 'ehr risk train'"
        raise ArtefactError(msg)
    content = path.read_bytes()
    if _digest_of(content) != digest:
        msg = f"{path} is not the file that was trained: run 'ehr risk train'"
        raise ArtefactError(msg)
    strange = set(io.get_untrusted_types(data=content)) - set(TRUSTED)
    if strange:
        msg = f"{path} holds objects that no model of ours has: {sorted(strange)}"
        raise ArtefactError(msg)
    return io.loads(content, trusted=list(TRUSTED))


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
