"""``python -m tests.planted_faults``: plant all faults, write what was found.

``--seeds`` draws everything anew for each seed; the page has all of the first, and the
numbers of the others.
"""

import argparse
import tempfile
from pathlib import Path

from rich.progress import Progress

from pipelines.settings import PROJECT
from tests.conftest import SHARED_DATA, running_installation
from tests.planted_faults.campaign import (
    CLEAN_HOSPITALS,
    CLEAN_PARTS_OF_MIMIC,
    Campaign,
    missed,
    run,
)
from tests.planted_faults.document import page
from tests.planted_faults.drift_faults import DRIFT_FAULTS
from tests.planted_faults.fault_lists import FAULTS
from tests.planted_faults.landing import SEED

PAGE = PROJECT / "docs" / "planted_faults.md"
STEPS = CLEAN_HOSPITALS + CLEAN_PARTS_OF_MIMIC + len(FAULTS) + 1 + len(DRIFT_FAULTS)


def main() -> None:
    """Run each campaign in an installation of its own and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED, SEED + 100])
    campaigns = [campaign_of(seed) for seed in parser.parse_args().seeds]
    PAGE.write_text(page(campaigns), encoding="utf-8")


def campaign_of(seed: int) -> Campaign:
    """Run one campaign and return what it found."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress() as progress,
    ):
        home, work = Path(folder) / "home", Path(folder) / "clean"
        work.mkdir()
        bar = progress.add_task(f"planted faults, seed {seed}", total=STEPS)

        def told(step: str) -> None:
            progress.update(bar, advance=1, description=step)

        for settings in running_installation(home):
            campaign = run(settings, SHARED_DATA, work, told, seed)
    for outcome in missed(campaign.outcomes):
        print(f"seed {seed}, not found: {outcome.name}")  # noqa: T201 - a program
    for source, checks in campaign.false_findings.items():
        print(f"seed {seed}, {source}: {', '.join(checks)}")  # noqa: T201 - a program
    return campaign


if __name__ == "__main__":
    main()
