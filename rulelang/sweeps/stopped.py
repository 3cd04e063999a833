"""Why a sweep stops although neither the rulebook nor the data are at fault."""


class CannotGoOn(Exception):
    """The run cannot start or go on as things are; the text says why and what to do.  What is done stays."""
