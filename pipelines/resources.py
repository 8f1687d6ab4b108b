"""What assets and the sensor borrow at run time."""

import dagster as dg

from pipelines.settings import load_settings


@dg.resource(description="The settings of this installation, read when a run starts.")
def settings_resource() -> object:
    """Return the settings, read from the environment now, not at import."""
    return load_settings()
