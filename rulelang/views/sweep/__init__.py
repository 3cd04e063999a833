"""Sweeps: a rulebook and an event run for every row of a table of scenarios.

Names become overrides (:mod:`columns`), their values exact integers (:mod:`conversion`), the engine of the plan runs
them piece by piece (:mod:`piece`, :mod:`pipeline`), and the results grow as Parquet row groups (:mod:`grouped_file`).
"""
