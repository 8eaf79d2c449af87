"""HTTP: one screen a file, no decisions."""
