"""The summary of a sweep: what its results say of steps, payers and the uncovered loss, exactly and in bounded memory.

Columns of results are read as whole minor units (:mod:`table`), counted and ordered (:mod:`statistics`,
:mod:`selection`) and put together (:mod:`summary`); the other modules write that down.
"""
