"""Training and scoring in one go, with a sentence on what came of it."""

from models.readmission import TooLittleToLearnError
from pipelines.risk.scoring import score_stays
from pipelines.risk.training import train_model
from pipelines.settings import Settings


def train_and_score(settings: Settings) -> str:
    """Train on what is known now, score every stay, and tell what came of it.

    Raises:
        LeakageError: the model would see what it cannot know.
    """
    try:
        trained = train_model(settings)
    except TooLittleToLearnError as problem:
        return f"no model: {problem}"
    scored = score_stays(settings)
    shown = trained.why_not_shown or "shown to doctors and nurses"
    return (
        f"learnt from {trained.training_stays:,} stays with "
        f"{trained.training_events:,} readmissions; {scored.stays:,} stays scored; "
        f"{shown}"
    )
