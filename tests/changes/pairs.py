"""The pairs of rulebooks that ship: those whose payments lines follow over all losses, and the others."""

from rulelang.base.files import data_folder

VERDICTS = sorted(data_folder("rulebooks").rglob("verdict.json"))
CROOKED = [path for path in VERDICTS if path.parent.name == "cme-lehman-2008"]
"""Pairs that are compared at the losses of their events alone: keys move against each other behind these."""
STRAIGHT = [path for path in VERDICTS if path not in CROOKED]
