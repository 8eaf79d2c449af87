"""Adapters to files: stream in, stream out; one file a format."""
