"""How results are judged, and why some are not."""

from dashboards.quality.judgements import show_judgements

show_judgements()
