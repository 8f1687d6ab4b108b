"""A source in one go and in pieces is the same source."""

from pathlib import Path

import pytest

from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.landing.pieces import write_pieces
from tests.landing.state import current, faults, versions

pytestmark = pytest.mark.shared_data


@pytest.mark.parametrize(
    ("format_name", "folder", "seed"),
    [
        ("mimic", "mimic_iv_demo", 1),
        ("synthea", "synthea_csv/synthea_2022_59_patients", 2),
    ],
)
def test_ten_pieces_in_any_order_with_repeats_are_the_whole(
    installation: Settings,
    shared_data: Path,
    tmp_path: Path,
    format_name: str,
    folder: str,
    seed: int,
):
    whole, cut = f"{format_name} whole", f"{format_name} in pieces {seed}"
    load(
        installation, shared_data / folder, format_name=format_name, source_system=whole
    )
    for piece in write_pieces(shared_data / folder, tmp_path, seed=seed):
        report = load(installation, piece, format_name=format_name, source_system=cut)
        assert report.status == "landed"
    assert current(installation, cut) == current(installation, whole)
    assert set(versions(installation, cut)) == set(versions(installation, whole))
    assert faults(installation) == []
