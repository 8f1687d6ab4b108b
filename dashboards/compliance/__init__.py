"""The compliance officer's pages: the trail, looks, glass, disclosures, grants."""
