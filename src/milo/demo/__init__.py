"""The demo: three projects with our own texts, some work done, so that no screen is empty."""
