"""Why an action did not take place, in words for the person who asked for it."""


class ActionError(Exception):
    """Nothing was changed; the message says why and what to do, without any value."""
