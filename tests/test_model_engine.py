"""A real engine over a small model with random weights: whatever nonsense it says, people get the articles' words."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fixtures_assistant import QUESTION, free_port

from assistant.answer import answer
from assistant.conversation import Conversation
from assistant.recheck import reply_problems
from assistant.settings import read_settings
from assistant.start import start

pytestmark = pytest.mark.long

SPECIAL = ["<pad>", "<s>", "</s>", "<|user|>", "<|assistant|>", "<|system|>"]
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
QUESTIONS = [QUESTION, "What helps against a stiff neck?", "Why is my back tight after the gym?"]


def built(folder):
    """A Llama of two layers, with a tokenizer that knows every byte; saved in the folder."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(7)
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    pieces.train_from_iterator(["The lower back often hurts after heavy lifts."] * 4, trainer)
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, model_max_length=8192, **names)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@contextmanager
def engine(folder, log):
    """`transformers serve` over the folder: the address of its interface."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(folder)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder.parent)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            until = time.monotonic() + 120
            while not _open(f"http://127.0.0.1:{port}/health"):
                assert process.poll() is None, log.read_text(encoding="utf-8")
                assert time.monotonic() < until, "the engine did not start"
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(30)


def _open(address):
    try:
        return httpx.get(address).is_success
    except httpx.TransportError:
        return False


def test_nonsense_from_a_real_engine_reaches_nobody(real_index_config, tmp_path):
    folder = built(tmp_path / "model")
    uses = []
    plain = start(read_settings({"SPOTTER_DATA": str(real_index_config.data)}))
    with engine(folder, tmp_path / "log.txt") as address:
        environment = {
            "SPOTTER_DATA": str(real_index_config.data),
            "SPOTTER_MODEL": f"openai:{folder}",
            "SPOTTER_MODEL_URL": address,
            "SPOTTER_MODEL_SECONDS": "300",
        }
        assistant = start(read_settings(environment))
        for question in QUESTIONS:
            expected = answer(question, Conversation(), plain).reply
            reply = answer(question, Conversation(), assistant).reply
            assert reply_problems(reply.as_json(), assistant.corpus()) == []
            assert reply.citations == expected.citations
            assert reply.mode == expected.mode
            uses += reply.model
    assert uses
    assert not any(use.written for use in uses)
    assert {use.reason for use in uses} <= {"invalid", "failed", "too_long"}  # it ends in the middle, or at its longest
