"""Two people decide at once, and a process dies: each row is decided exactly once."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.refused.deciding import Action, DecisionError, Order, Outcome, decide
from pipelines.refused.selection import Selection
from pipelines.settings import Settings
from tests.landing.state import versions
from tests.quarantine.conftest import Deliver
from tests.quarantine.state import states, unreconciled
from tests.quarantine.test_deciding import RESULTS, decided, result

RELEASE = """
import sys
from pipelines.refused.deciding import Action, Order, decide
from pipelines.refused.selection import Selection
from pipelines.settings import load_settings
order = Order.by(Action.RELEASE, "quality", "quality", "the ward confirmed it")
decide(load_settings(), order, Selection(source=sys.argv[1]))
"""
FAR = "2999-01-01T08:00:00Z"
COUNT = 40


def refuse_many(deliver: Deliver) -> None:
    sound = [result(f"S{number}") for number in range(COUNT + 1)]
    far = [result(f"F{number}", at=FAR) for number in range(COUNT)]
    deliver("lab_results", RESULTS, *sound, *far)


def test_of_two_who_release_at_once_one_wins_and_the_other_is_told(
    installation: Settings, deliver: Deliver, source: str
) -> None:
    refuse_many(deliver)

    def release(user_id: str) -> Outcome | None:
        order = Order.by(Action.RELEASE, user_id, "quality", "the ward confirmed it")
        try:
            return decide(installation, order, Selection(source=source))
        except DecisionError:  # it came so late that nothing waited
            return None

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(release, ("first", "second")))

    outcomes = [each for each in ended if each]
    assert sum(each.released for each in outcomes) == COUNT
    assert sum(each.decided_before for each in outcomes) in (0, COUNT)
    assert states(installation, source) == {"released": COUNT}
    assert sum(versions(installation, source).values()) == 2 * COUNT + 1
    assert unreconciled(installation) == []


@pytest.mark.parametrize("place", ["quarantine.landed", "quarantine.decided"])
def test_a_process_that_dies_leaves_every_row_waiting(
    installation: Settings, deliver: Deliver, source: str, place: str
) -> None:
    refuse_many(deliver)
    environment = {
        **os.environ,
        "EHR_HOME": str(installation.root),
        "EHR_MODE": "test",
        "EHR_FAILPOINT": place,
    }
    command = [sys.executable, "-c", RELEASE, source]
    died = subprocess.run(command, env=environment, check=False)

    assert died.returncode == -signal.SIGKILL
    assert states(installation, source) == {"waiting": COUNT}
    assert unreconciled(installation) == []

    assert decided(installation, "release", source=source).released == COUNT
    assert states(installation, source) == {"released": COUNT}
    assert unreconciled(installation) == []
