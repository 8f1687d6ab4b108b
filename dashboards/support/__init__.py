"""Why somebody can, or cannot, see a patient; and mending it."""
