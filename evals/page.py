"""Put a section of measurements between its two marks in a page of the docs."""

from corpus.errors import KnownError


class PageFailed(KnownError):
    """The page has no place for the section."""


def placed(page: str, text: str, begin: str, end: str) -> str:
    """The page with the section between its two marks and nothing else changed. Raises PageFailed."""
    head, begun, rest = page.partition(begin)
    _, ended, tail = rest.partition(end)
    if not (begun and ended):
        raise PageFailed(f"The page lacks its marks. Put {begin} and {end} where the section belongs.")
    return f"{head}{begin}\n\n{text}\n{end}{tail}"
