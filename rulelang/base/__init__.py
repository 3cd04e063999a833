"""What everything stands on: texts and places, diagnostics, money, apportionment."""
