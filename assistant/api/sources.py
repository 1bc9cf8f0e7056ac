"""The sources as a list for programs, and the stored articles as pages with the cited words marked."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import FileResponse, HTMLResponse

from assistant.api.problems import described
from assistant.cite import source_line
from assistant.html.article import article_html, sources_html
from assistant.html.templates import STYLE
from assistant.talks import Talks


def routes(talks: Talks) -> APIRouter:
    """The list for programs."""
    router = APIRouter(tags=["sources"], responses=described(401))

    @router.get("/sources", summary="The articles that are quoted")
    def sources() -> dict[str, Any]:
        """Who wrote each, with what interest, how it was reviewed, and the digest of its text."""
        rows = []
        for article in talks.assistant.corpus().articles:
            own = article.source
            more = {"licence": own.licence, "reviewed": str(own.reviewed), "clinical_review": own.clinical_review}
            rows.append(source_line(own).as_json() | more | {"sha256": own.sha256, "page": f"/sources/{own.id}"})
        return {"sources": rows}

    return router


def pages(talks: Talks) -> APIRouter:
    """The pages for people."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/sources")
    def listed() -> HTMLResponse:
        return HTMLResponse(sources_html(talks.assistant.corpus()))

    @router.get("/sources/{source_id}")
    def article(
        source_id: str, start: Annotated[int, Query(alias="from")] = 0, end: Annotated[int, Query(alias="to")] = 0
    ) -> HTMLResponse:
        corpus = talks.assistant.corpus()
        if source_id not in corpus.by_source:
            raise HTTPException(404, "There is no article of that name; /sources lists them.")
        return HTMLResponse(article_html(corpus.by_source[source_id], corpus, start, end))

    @router.get("/static/page.css")
    def style() -> FileResponse:
        return FileResponse(STYLE, media_type="text/css")

    return router
