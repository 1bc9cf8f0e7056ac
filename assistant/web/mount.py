"""Put the chat page into the app of the service, with every door of its library closed that the page does not use."""

import gradio as gr
from fastapi import FastAPI, Request, Response

from assistant.api.problems import problem, respond
from assistant.feedback import Feedback
from assistant.talks import Talks
from assistant.web.page import STYLE, page

WAITING = 200  # events of all visitors that wait
AT_ONCE = 16  # events in work; how many are answered at once is the door's

# Ways to run the page's events, or to leave files, that the page itself does not use.
CLOSED = ("run", "api", "call", "upload", "component_server")
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def mount(app: FastAPI, talks: Talks, feedback: Feedback, hours: int) -> FastAPI:
    """The app with the page at its root; `hours` is how long a talk is remembered."""
    for door in CLOSED:
        app.add_route(f"/gradio_api/{door}{{rest:path}}", _closed, METHODS, include_in_schema=False)
    blocks = page(talks, feedback, hours)
    blocks.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        allowed_paths=[],
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        css_paths=STYLE,
    )
    return app


def _closed(request: Request) -> Response:
    return respond(problem(404, "Not found", "There is nothing here."))
