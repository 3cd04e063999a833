"""The playground of rulelang: a page that runs the whole package in a browser, and what that page asks it."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
"""The page as static files, made by ``npm ci && node build.mjs``; not there in a checkout that has not built it."""
