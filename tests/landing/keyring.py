"""A keyring of fixed keys, for tests that need no installation."""

from pipelines.access.encryption import Keyring

PURPOSES = ("patient", "content", "archive", "search")


def fixed_keyring(seed: int = 1) -> Keyring:
    """Return the same keys for the same seed."""
    hash_keys = {
        purpose: bytes([seed + rank]) * 32 for rank, purpose in enumerate(PURPOSES)
    }
    column, wrapping = bytes([seed]) * 32, bytes([seed + 100]) * 32
    return Keyring(hash_keys, {"c1": column}, "c1", {"w1": wrapping}, "w1")
