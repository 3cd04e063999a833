"""The documentation site, made from ``docs``, the rulebooks that ship and the package itself: ``python -m website``."""
