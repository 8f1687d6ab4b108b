"""Pages opened through the gate as a browser opens them: a cookie and a socket.

Whatever a page has to open is opened: menus, lists and switches are gone through,
nothing that is a button is pressed.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

PATIENCE = 180
MOST_OPTIONS = 16
SEARCHES = ("Find a patient", "Narrow the list")


@dataclass
class OpenPage:
    """One open page, and the widgets that it has shown last."""

    socket: ClientConnection
    path: str
    widgets: dict[str, Element] = field(default_factory=dict)

    def run(self, states: Iterable[WidgetState] = ()) -> None:
        """Let the page run, and wait until it has."""
        asked = BackMsg()
        asked.rerun_script.page_name = self.path
        asked.rerun_script.widget_states.widgets.extend(states)
        self.socket.send(asked.SerializeToString())
        shown: dict[str, Element] = {}
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.socket.recv(timeout=PATIENCE))
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind in CHOOSING:
                shown[getattr(element, kind).id] = element
            if message.WhichOneof("type") == "script_finished":
                self.widgets = shown
                return

    def open_everything(self, search: str) -> None:
        """Go through every menu that the page has, and through what follows from it."""
        for place in range(MOST_OPTIONS):
            shown = self.widgets.values()
            if place and not any(_menu(each)[place:] for each in shown):
                return
            self.run([_state(each, place, search) for each in shown])


def _menu(element: Element) -> list[str]:
    return [option.content for option in element.button_group.options]


def _state(element: Element, place: int, search: str) -> WidgetState:
    kind = element.WhichOneof("type")
    state = WidgetState(id=getattr(element, kind).id)
    options = list(element.selectbox.options)
    if kind == "checkbox":
        state.bool_value = True
    elif kind == "button_group":
        state.string_array_value.data.extend(_menu(element)[place : place + 1])
    elif kind == "selectbox" and options:
        state.string_value = options[place % len(options)]
    elif kind == "text_input" and element.text_input.label.startswith(SEARCHES):
        state.string_value = search
    return state


CHOOSING = {"checkbox", "button_group", "selectbox", "text_input"}


@contextmanager
def opened(address: str, headers: dict[str, str], path: str) -> Iterator[OpenPage]:
    """Open a page, and keep it open."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    own = headers | {"Origin": address}
    with connect(url, additional_headers=own, origin=None, max_size=None) as socket:
        page = OpenPage(socket, path)
        page.run()
        yield page
