"""Whether the packages of a part that not everybody installs are there, said before anything takes long."""

from collections.abc import Sequence
from importlib.util import find_spec

from corpus.errors import KnownError


class MissingPackageError(KnownError):
    """A part of Spotter needs a package that is not installed."""


def need(packages: Sequence[str], what: str, extras: str) -> None:
    """Raise MissingPackageError where one of the packages is missing; `what` names the part, such as "The page"."""
    if missing := [name for name in packages if find_spec(name) is None]:
        raise MissingPackageError(f"{what} needs {missing[0]}. Run 'make install', or pip install -e '.[{extras}]'.")
