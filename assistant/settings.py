"""The environment, read once; no other file reads it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


LEAST_HOURS = 24  # what expires takes its red flags with it, so nothing expires sooner


class SettingsError(KnownError):
    """A variable holds something that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """What an operator may set; see .env.example for each variable."""

    corpus: Path
    index: IndexConfig
    region: str  # for emergency numbers, such as "GB"; "" shows the generic line
    host: str
    port: int
    state: str = field(repr=False)  # where services keep conversations; a URL may hold a password
    state_hours: int  # that they are kept after the last turn


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
        host=env.get("SPOTTER_HOST") or "127.0.0.1",
        port=_port(env.get("SPOTTER_PORT") or "7860"),
        state=env.get("SPOTTER_STATE") or "memory",
        state_hours=_hours(env.get("SPOTTER_STATE_HOURS") or str(LEAST_HOURS)),
    )


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
