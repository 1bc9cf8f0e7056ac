"""The environment, read once; no other file reads it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from corpus.errors import KnownError
from corpus.sources import CORPUS
from index.config import BUILT_IN_MODEL, IndexConfig

ROOT = Path(__file__).parent.parent

# Set before a library reads them: nothing reports home, nothing is fetched.
QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "TOKENIZERS_PARALLELISM": "false",
    "OPENBLAS_NUM_THREADS": "1",  # its idle threads fight the encoder's for the cores: an answer takes twice as long
}


CHANNELS = ("private", "ephemeral", "public")
# Providers whose server may be named, and where it is when it is not.
TAKES_ADDRESS = {"openai": "", "ollama": "http://127.0.0.1:11434"}
LEAST_HOURS = 24  # what expires takes its red flags with it, so nothing expires sooner


class SettingsError(KnownError):
    """A variable holds something that cannot be used."""


@dataclass(frozen=True)
class Service:
    """What concerns whoever listens for others: the page, the interface for programs, the bot."""

    host: str
    port: int
    public_url: str  # where people reach the service, without a slash at the end; "" when it is not said
    proxies: tuple[str, ...]  # addresses of servers in front that are believed on whose behalf they ask
    origins: tuple[str, ...]  # other web pages whose programs may call the interface
    token: str = field(repr=False)  # that programs have to send; "" lets all in
    rate: str  # messages from one visitor, such as "30/minute"
    feedback: Path | None  # file for ratings; None only counts them
    state: str = field(repr=False)  # where conversations are kept; a URL may hold a password
    state_hours: int  # that they are kept after the last turn
    feedback_texts: bool  # whether questions may be kept with a rating, when the one who asked agrees


@dataclass(frozen=True)
class Slack:
    """What concerns the bot alone; the names without SPOTTER_ are those that every Slack app uses."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)  # for Socket Mode
    signing_secret: str = field(repr=False)  # for HTTP mode
    api_url: str  # "" is Slack's own
    channel: str  # one of CHANNELS: how a mention in a channel is answered


@dataclass(frozen=True)
class Model:
    """The language model that may write answers; everything else is the same with and without it."""

    name: str  # provider and name, such as "ollama:llama3.2"
    address: str  # of its server; "" is the provider's own
    key: str = field(repr=False)  # "" is the one that the provider's package reads itself
    seconds: float  # that an answer may take

    @property
    def remote(self) -> bool:
        """Whether what it is asked leaves this machine, as far as its address tells."""
        host = urlsplit(self.address).hostname or ""
        return host != "localhost" and not _is_loopback(host)


@dataclass(frozen=True)
class Settings:
    """What an operator may set; see .env.example for each variable."""

    corpus: Path
    index: IndexConfig
    region: str  # for emergency numbers, such as "GB"; "" shows the generic line
    service: Service
    slack: Slack
    model: Model | None = None  # None is the extractive composer


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from SPOTTER_* variables; raises SettingsError that names the variable."""
    env = os.environ if environment is None else environment
    return Settings(
        corpus=Path(env.get("SPOTTER_CORPUS") or CORPUS),
        index=IndexConfig(
            data=Path(env.get("SPOTTER_DATA") or ROOT / ".spotter"),
            model=env.get("SPOTTER_EMBEDDING_MODEL") or BUILT_IN_MODEL,
        ),
        region=(env.get("SPOTTER_REGION") or "").upper(),
        service=_service(env),
        slack=_slack(env),
        model=_model(env) if env.get("SPOTTER_MODEL") else None,
    )


def _service(env: Mapping[str, str]) -> Service:
    return Service(
        host=env.get("SPOTTER_HOST") or "127.0.0.1",
        port=_port(env.get("SPOTTER_PORT") or "7860"),
        public_url=_address("SPOTTER_PUBLIC_URL", env.get("SPOTTER_PUBLIC_URL") or ""),
        proxies=_proxies(env.get("SPOTTER_PROXIES") or "127.0.0.1 ::1"),
        origins=tuple(_address("SPOTTER_ORIGINS", one) for one in (env.get("SPOTTER_ORIGINS") or "").split()),
        token=env.get("SPOTTER_TOKEN") or "",
        rate=_rate(env.get("SPOTTER_RATE") or "30/minute"),
        feedback=Path(env["SPOTTER_FEEDBACK"]) if env.get("SPOTTER_FEEDBACK") else None,
        feedback_texts=_yes("SPOTTER_FEEDBACK_TEXTS", env.get("SPOTTER_FEEDBACK_TEXTS") or "no"),
        state=env.get("SPOTTER_STATE") or "memory",
        state_hours=_hours(env.get("SPOTTER_STATE_HOURS") or str(LEAST_HOURS)),
    )


def _slack(env: Mapping[str, str]) -> Slack:
    channel = env.get("SPOTTER_SLACK_CHANNEL") or CHANNELS[0]
    if channel not in CHANNELS:
        raise SettingsError(f"SPOTTER_SLACK_CHANNEL is {channel!r}; give one of: {', '.join(CHANNELS)}.")
    address = _address("SLACK_API_URL", env.get("SLACK_API_URL") or "")
    return Slack(
        bot_token=env.get("SLACK_BOT_TOKEN") or "",
        app_token=env.get("SLACK_APP_TOKEN") or "",
        signing_secret=env.get("SLACK_SIGNING_SECRET") or "",
        api_url=f"{address}/" if address else "",
        channel=channel,
    )


def _model(env: Mapping[str, str]) -> Model:
    name, address = env["SPOTTER_MODEL"], _address("SPOTTER_MODEL_URL", env.get("SPOTTER_MODEL_URL") or "")
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise SettingsError(f"SPOTTER_MODEL is {name!r}; give a provider and a name, such as ollama:llama3.2.")
    if address and provider not in TAKES_ADDRESS:
        raise SettingsError(f"SPOTTER_MODEL_URL goes with {' or '.join(TAKES_ADDRESS)}, not with {provider}.")
    key = env.get("SPOTTER_MODEL_KEY") or ""
    if provider == "openai" and address:
        key = key or "none"  # never the key of OpenAI itself, which lies in the environment for others
    return Model(
        name, address or TAKES_ADDRESS.get(provider, ""), key, _seconds(env.get("SPOTTER_MODEL_SECONDS") or "30")
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(text: str) -> float:
    if re.fullmatch("[0-9]{1,3}", text) is None or not int(text):
        raise SettingsError(f"SPOTTER_MODEL_SECONDS is {text!r}; give a number from 1 to 999.")
    return float(text)


def _address(variable: str, text: str) -> str:
    if text and re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text) is None:
        raise SettingsError(f"{variable} holds {text!r}; give an address such as https://spotter.example.org.")
    return text.rstrip("/")


def _proxies(text: str) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(one)) for one in text.split())
    except ValueError as error:
        raise SettingsError(f"SPOTTER_PROXIES cannot be used: {error}; give addresses such as 10.0.0.5.") from None


def _yes(variable: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise SettingsError(f"{variable} is {text!r}; give yes or no.")
    return text == "yes"


def _rate(text: str) -> str:
    if re.fullmatch("[1-9][0-9]{0,5}/(second|minute|hour|day)", text) is None:
        raise SettingsError(f"SPOTTER_RATE is {text!r}; give a number of messages and a time, such as 30/minute.")
    return text


def _port(text: str) -> int:
    if re.fullmatch("[0-9]{1,5}", text) is None or not 0 < int(text) < 65536:
        raise SettingsError(f"SPOTTER_PORT is {text!r}; give a number from 1 to 65535.")
    return int(text)


def _hours(text: str) -> int:
    if re.fullmatch("[0-9]{1,6}", text) is None or int(text) < LEAST_HOURS:
        raise SettingsError(f"SPOTTER_STATE_HOURS is {text!r}; give a number from {LEAST_HOURS} to 999999.")
    return int(text)


def quieten() -> None:
    """Switch off telemetry and downloads of every dependency; for the process that Spotter runs in."""
    os.environ.update(QUIET)


def environment_with(own: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with other values, for a process that it starts."""
    return {**os.environ, **own}
