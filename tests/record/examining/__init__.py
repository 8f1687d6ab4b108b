"""What would become of an uploaded file: as the landing does it, and nothing kept."""
