"""Files and uploads of an open page: for its own session, whoever knows the address."""

import re
from collections.abc import Iterator

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pipelines.access.sessions import sign_out
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.dashboards.asking import ask, open_page, with_session
from tests.demonstration.chromium import serving
from tests.record.laboratory import furnish

FILE = re.compile(rb"/media/[0-9a-f]+[.]csv")
UPLOAD = "/_stcore/upload_file"


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two technicians."""
    for settings in running_installation(tmp_path_factory.mktemp("laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings


@pytest.fixture(scope="module")
def address(laboratory: Settings) -> Iterator[str]:
    """Yield the address of the pages."""
    with serving(laboratory) as served:
        yield served


def file_in(sent: list[ForwardMsg]) -> str:
    """Return the address of the file that a page offers."""
    (found,) = set(FILE.findall(b"".join(each.SerializeToString() for each in sent)))
    return found.decode()


def page_session_in(sent: list[ForwardMsg]) -> str:
    """Return what Streamlit calls an open page."""
    names = {each.new_session.initialize.session_id for each in sent}
    (name,) = names - {""}
    return name


def test_a_file_is_for_the_session_that_made_it_and_while_it_lasts(
    laboratory: Settings, address: str
) -> None:
    tokens = [
        sign_in_as_persona(laboratory, user_id).token
        for user_id in ("technician", "colleague", "technician")
    ]
    hers, colleagues, other_browser = (
        with_session(laboratory, token) for token in tokens
    )
    with (
        open_page(address, hers, "/upload") as sent,
        open_page(address, colleagues, "/upload") as same_page,
    ):
        path, same_file = file_in(sent), file_in(same_page)
        asking = (hers, colleagues, other_browser, {})
        answers = [ask(address, path, headers=headers).status for headers in asking]
        sign_out(laboratory, tokens[0])
        after = ask(address, path, headers=hers).status

    assert path != same_file
    assert answers == [200, 404, 404, 401]
    assert after == 401


def test_nobody_puts_a_file_into_the_page_of_another(
    laboratory: Settings, address: str
) -> None:
    hers, colleagues = (
        with_session(laboratory, sign_in_as_persona(laboratory, user_id).token)
        for user_id in ("technician", "colleague")
    )
    with open_page(address, hers, "/upload") as sent:
        path = f"{UPLOAD}/{page_session_in(sent)}/file"
        statuses = [
            ask(address, path, method, headers | {"Origin": address}).status
            for headers in (colleagues, {}, hers)
            for method in ("PUT", "DELETE")
        ]
    unknown = f"{UPLOAD}/00000000-0000-4000-8000-000000000000/file"
    other = ask(address, unknown, "PUT", hers | {"Origin": address}).status

    assert statuses[:4] == [404, 404, 401, 401]
    # Streamlit's own check of its token comes after ours.
    assert statuses[4:] == [403, 403]
    assert other == 404
