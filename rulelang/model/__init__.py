"""Events, allocations and the audit trail: the values that go in and come out."""
