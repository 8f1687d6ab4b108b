"""Code lists from kept packages."""
