"""``python -m rulelang`` is the command line."""

from rulelang.tools.cli import main

main()
