"""Code lists from kept packages, for sources that deliver codes without names."""
