"""milo: people and models annotate data together."""

__version__ = "0.1.0"
