"""The README shows what the program prints. Run this file to write the example anew."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

README = Path(__file__).parent.parent / "README.md"
EXAMPLE = re.compile(r"<!-- example: spotter (?P<arguments>.*?) -->\n```\n(?P<shown>.*?)```\n<!-- end -->", re.DOTALL)


def printed(arguments: str) -> str:
    from assistant.cli import spotter

    result = CliRunner().invoke(spotter, shlex.split(arguments), catch_exceptions=False)
    return result.stdout


def test_the_example_in_the_readme_is_what_the_program_prints(real_data):
    examples = list(EXAMPLE.finditer(README.read_text(encoding="utf-8")))
    assert examples
    for example in examples:
        assert example["shown"] == printed(example["arguments"]), "run 'make readme' and read the difference"


def test_every_command_of_the_readme_exists():
    from assistant.cli import COMMANDS

    named = set(re.findall(r"`spotter (\w+)", README.read_text(encoding="utf-8")))
    assert named == set(COMMANDS)


def write() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(
        EXAMPLE.sub(
            lambda m: f"<!-- example: spotter {m['arguments']} -->\n```\n{printed(m['arguments'])}```\n<!-- end -->",
            text,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    write()
