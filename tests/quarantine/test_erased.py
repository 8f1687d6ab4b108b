"""Who is erased leaves nothing of the rows that were released, and the books agree."""

import pytest

from pipelines.erasing import erasing
from pipelines.erasing.register import Order
from pipelines.settings import Settings
from tests.landing.state import faults, versions
from tests.quarantine.conftest import Deliver
from tests.quarantine.state import states
from tests.quarantine.test_deciding import RESULTS, decided, result

FAR = "2999-01-01T08:00:00Z"


@pytest.fixture
def installation(warehouse: Settings) -> Settings:
    """Return one of this test's own: decisions keep how many rows there were."""
    return warehouse


def test_an_erasure_takes_released_rows_out_of_rows_and_books(
    installation: Settings,
    deliver: Deliver,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasing, "_build", lambda _: None)  # there are no marts here
    other = result("C", at=FAR).replace(",P1,", ",P2,")
    lines = [result("A"), result("B", at=FAR), other, result("D", code="")]
    deliver("lab_results", RESULTS, *lines)
    decided(installation, "release", source=source)
    assert states(installation, source) == {"released": 2, "waiting": 1}

    erasing.erase(installation, f"{source}:P1", Order("asked for", "head", "operator"))

    assert states(installation, source) == {"released": 1}
    assert [record for _, record, _ in versions(installation, source)] == ["C"]
    assert faults(installation) == []
