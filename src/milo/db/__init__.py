"""The adapter to SQL: tables, conversion, sessions, queries by noun."""
