"""Benchmarks: every speed is a ratio against a yardstick that is measured in the same run, turn about.

``python -m benchmarks`` runs all of them, ``python -m benchmarks.parse`` one; see ``docs/performance.md``.
"""
