"""Put the chat page into the app of the service, with every door of its library closed that the page does not use."""

import gradio as gr
from fastapi import FastAPI, Request, Response

from assistant.api.problems import problem, respond
from assistant.feedback import Feedback
from assistant.settings import Service
from assistant.talks import Talks
from assistant.web.page import STYLE, page

EVENTS = 5_000  # of all visitors at once; how many wait for an answer, and are answered, is the door's to say

# Ways to run the page's events, or to leave files, that the page itself does not use.
CLOSED = (
    *("run", "api", "call"),  # its history of runs begins with "run" too
    *("upload", "file", "proxy", "stream", "process_recording", "component_server", "custom_component"),
    *("deep_link", "dev", "profiling", "vibe", "undo-vibe"),  # the first would write a talk to the disk
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def mount(app: FastAPI, talks: Talks, feedback: Feedback, settings: Service) -> FastAPI:
    """The app with the page at its root. Where programs need a token, clients of the library get no event."""
    for door in CLOSED:
        app.add_route(f"/gradio_api/{door}{{rest:path}}", _closed, METHODS, include_in_schema=False)
    blocks = page(talks, feedback, settings.state_hours, named=not settings.token)
    blocks.queue(max_size=EVENTS, default_concurrency_limit=None, api_open=False)  # a red flag waits behind nothing
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
