"""The contracts: one definition per kind of fact; everything else follows from them."""
