"""The one kind of error a user may see: what happened, and the command that helps."""


class KnownError(Exception):
    """A failure we expect and can explain.

    The message is one or two plain sentences: what happened and what to run or change next.
    Every layer derives its own errors from this class; a surface catches only this one and
    shows its text. Anything else is a bug and is never shown as text of ours.
    """
