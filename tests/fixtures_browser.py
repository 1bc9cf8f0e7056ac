"""The chat page in a real browser, as somebody sees it who opens it."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Without these it looks for hosts of its maker at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000  # milliseconds


@contextmanager
def browser():
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        except Exception as error:
            pytest.fail(f"{CHROMIUM} does not start ({type(error).__name__}); 'make system' installs it.")
        yield opened
        opened.close()


class Visit:
    """Somebody with the page open, in a browser context of their own."""

    def __init__(self, opened, address, **context):
        self.context = opened.new_context(**context)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.address = address
        self.hosts, self.complaints = set(), []
        self.context.on("request", self._requested)
        self.page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.open()

    def _requested(self, request):
        if urlsplit(request.url).scheme not in ("data", "blob"):
            self.hosts.add(urlsplit(request.url).netloc)

    def open(self):
        self.page.goto(self.address)
        self.ready()

    def again(self):
        self.page.reload()
        self.ready()

    def ready(self):
        expect(self.box).to_be_visible(timeout=PATIENCE)
        self.page.wait_for_function(
            "document.querySelector('#conversation-id textarea, #conversation-id input')?.value"
        )

    @property
    def box(self):
        return self.page.get_by_label("Your question")

    @property
    def replies(self):
        return self.page.locator("#chat .bot.message")

    @property
    def banner(self):
        return self.page.locator("#banner")

    @property
    def sources(self):
        return self.page.locator("#sources")

    def press(self, name):
        """Press a button, and wait for nothing."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def ask(self, message):
        """Type a message, send it with Enter and wait for the reply; its text."""
        before = self.replies.count()
        self.box.fill(message)
        self.box.press("Enter")
        return self.answered(before)

    def choose(self, name):
        """Press a button that sends a message; the text of the reply."""
        before = self.replies.count()
        self.press(name)
        return self.answered(before)

    def answered(self, before):
        expect(self.replies).to_have_count(before + 1, timeout=PATIENCE)
        expect(self.box).to_have_value("")
        expect(self.box).to_be_focused()
        return self.replies.last.inner_text()

    def close(self):
        self.context.close()
