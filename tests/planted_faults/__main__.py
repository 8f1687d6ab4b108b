"""``python -m tests.planted_faults``: plant all faults, write what was found."""

import tempfile
from pathlib import Path

from rich.progress import Progress

from pipelines.settings import PROJECT
from tests.conftest import SHARED_DATA, running_installation
from tests.planted_faults.campaign import (
    CLEAN_HOSPITALS,
    CLEAN_PARTS_OF_MIMIC,
    missed,
    run,
)
from tests.planted_faults.document import page
from tests.planted_faults.drift_faults import DRIFT_FAULTS
from tests.planted_faults.fault_lists import FAULTS

PAGE = PROJECT / "docs" / "planted_faults.md"
STEPS = CLEAN_HOSPITALS + CLEAN_PARTS_OF_MIMIC + len(FAULTS) + 1 + len(DRIFT_FAULTS)


def main() -> None:
    """Run the campaign in an installation of its own and write the page."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress() as progress,
    ):
        home, work = Path(folder) / "home", Path(folder) / "clean"
        work.mkdir()
        bar = progress.add_task("planted faults", total=STEPS)

        def told(step: str) -> None:
            progress.update(bar, advance=1, description=step)

        for settings in running_installation(home):
            campaign = run(settings, SHARED_DATA, work, told)
    PAGE.write_text(page(campaign), encoding="utf-8")
    for outcome in missed(campaign.outcomes):
        print(f"not found: {outcome.name}")  # noqa: T201 - a program


if __name__ == "__main__":
    main()
