"""`python -m milo`."""

from milo.cli import main

main()
