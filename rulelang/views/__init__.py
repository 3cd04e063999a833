"""What people and programs see of a run: tables, exports, explanations, audit records."""
