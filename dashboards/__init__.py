"""Pages by role. They read through ``pipelines.access`` and hold no clinical rule."""
