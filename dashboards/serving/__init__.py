"""How the pages are served: the gate before them, and the way in beside them."""
