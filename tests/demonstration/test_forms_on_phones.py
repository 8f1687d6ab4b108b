"""Every form of doctor and nurse fits on a phone."""

import pytest

from dashboards.writing.menu import MENU
from pipelines.access.people import PersonRole
from pipelines.record.actions.permissions import may
from tests.clinicians.conftest import Clinic
from tests.clinicians.filling_in import choose
from tests.demonstration.chromium import OVERFLOW, PHONE, chromium, failures_on
from tests.demonstration.clinicians_patient import open_as

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("role", [PersonRole.DOCTOR, PersonRole.NURSE])
def test_every_form_fits_on_a_phone(
    role: PersonRole, clinic: Clinic, address: str
) -> None:
    with chromium(PHONE) as phone:
        open_as(phone, clinic, address, role)
        person = clinic.doctor if role is PersonRole.DOCTOR else clinic.nurse
        wide = []
        for label in [each.label for each in MENU if may(person, each.action)]:
            choose(phone, label)
            if phone.execute_script(OVERFLOW) > 0:
                wide.append(label)

        assert wide == []
        assert failures_on(phone) == []
