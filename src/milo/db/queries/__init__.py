"""All SQL, by noun."""
