"""Put the bot together over an assistant."""

from slack_bolt import App
from slack_sdk import WebClient

from assistant.feedback import Feedback
from assistant.introduction import read_introduction
from assistant.settings import Settings
from assistant.slack.app import slack_app
from assistant.slack.blocks import Writer
from assistant.slack.bot import Bot
from assistant.slack.memory import ThreadMemory
from assistant.slack.reactions import Reactions
from assistant.slack.texts import read_texts
from assistant.slack.windows import Windows
from assistant.slack.work import Work
from assistant.state.store import open_notes
from assistant.talks import Talks


def bot_over(talks: Talks, feedback: Feedback, settings: Settings, client: WebClient, work: Work) -> App:
    """The library's app, which answers with the conversations of a service. Raises KnownError."""
    own, texts, assistant = settings.service, read_texts(), talks.assistant
    writer = Writer(texts, own.public_url)
    memory = ThreadMemory(open_notes(own.state), own.state_hours)
    bot = Bot(talks, memory, writer, assistant.lines(), settings.slack.channel)
    introduction = read_introduction(len(assistant.corpus().articles), own.state_hours, assistant.model())
    windows = Windows(talks, writer, introduction, own.state_hours)
    return slack_app(settings.slack, client, work, bot, windows, Reactions(feedback, texts))
