"""What can be wrong with a rotation."""


class RotationError(Exception):
    """A rotation cannot go on; the old keys are still there, and so is every value."""
