"""Nothing is lost, and the books say so: from the bytes of the archive to the marts."""
