"""The nouns of milo, pure: standard library only, no input or output, no clock."""
