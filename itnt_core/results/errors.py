"""What is wrong with a stored result, in a sentence."""


class ResultError(ValueError):
    """A result that cannot be read or saved."""
