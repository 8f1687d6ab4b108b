"""Messages over MLLP."""
