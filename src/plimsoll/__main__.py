"""Run the command line with `python -m plimsoll`."""

from plimsoll.cli import main

main()
