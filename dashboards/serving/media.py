"""Files that pages offer: each under a random address, for one session alone.

Streamlit names a file by a part of its content, shares it between sessions, and gives
it to whoever knows the name. Two exports of one length could even get the same name.
"""

import secrets
from contextvars import ContextVar

from streamlit import runtime
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import (
    MemoryFile,
    MemoryMediaFileStorage,
)
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pipelines.access.sessions import cookie_name
from pipelines.settings import Settings

# The session that speaks through a socket: what is made at its request, outside of a
# run of its page, is its own.
SPEAKING: ContextVar[str] = ContextVar("speaking", default="")


class OwnMedia(MemoryMediaFileStorage):
    """Keeps files with the token of the session whose page made them."""

    def __init__(self, settings: Settings, media_endpoint: str) -> None:
        """Serve below ``media_endpoint``."""
        super().__init__(media_endpoint)
        self._settings = settings
        self._owners: dict[str, str] = {}

    def load_and_get_id(
        self,
        path_or_data: str | bytes,
        mimetype: str,
        kind: MediaFileKind,
        filename: str | None = None,
    ) -> str:
        """Keep a file; the same content of the same session has one address."""
        is_path = isinstance(path_or_data, str)
        content = self._read_file(path_or_data) if is_path else path_or_data
        owner = self._token_of_page()
        file = MemoryFile(content, mimetype, kind, filename)
        for file_id, kept in self._files_by_id.copy().items():
            if kept == file and self._owners.get(file_id) == owner:
                return file_id
        file_id = secrets.token_hex(16)
        self._owners[file_id] = owner
        self._files_by_id[file_id] = file
        return file_id

    def delete_file(self, file_id: str) -> None:
        """Forget a file and whose it was."""
        super().delete_file(file_id)
        self._owners.pop(file_id, None)

    def is_of(self, file_id: str, token: str) -> bool:
        """Return whether a file was made for the session of a token."""
        owner = self._owners.get(file_id)
        return bool(owner) and secrets.compare_digest(owner.encode(), token.encode())

    def _token_of_page(self) -> str:
        context = get_script_run_ctx()
        if context is None:
            return SPEAKING.get()
        return token_of_page(self._settings, context.session_id)


def token_of_page(settings: Settings, page_session_id: str) -> str:
    """Return the token with which an open page was opened; empty if it is not open."""
    client = runtime.get_instance().get_client(page_session_id)
    cookies = client.client_context.cookies if client else {}
    return cookies.get(cookie_name(settings), "")
