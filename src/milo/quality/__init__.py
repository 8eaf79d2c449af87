"""Numbers, pure: how good annotations are, and how sure one can be of it."""
