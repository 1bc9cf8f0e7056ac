"""'spotter eval': measure the answers, the gate and the retrieval."""

import click

from assistant.commands.lazy import LazyGroup

# The others load the whole assistant; they are imported when they are called.
COMMANDS = {
    "run": ("evals.commands_run", "run", "Run the cases and score them; the exit status is 1 when a gate falls."),
    "report": ("evals.commands_run", "report", "Write the scorecard of a run as Markdown, JSON, JUnit XML and HTML."),
    "compare": ("evals.commands_run", "compare", "Compare two runs case by case: better, worse, or not decided."),
    "mutants": ("evals.commands_mutants", "mutants_command", "Break the assistant and see whether the cases notice."),
    "variants": ("evals.commands_variants", "variants_command", "Say the cases in other ways: no tier may fall."),
    "fuzz": ("evals.commands_fuzz", "fuzz_command", "Hold conversations that nobody would; no promise may break."),
    "inspect": ("evals.commands_inspect", "inspect_group", "Give cases, replies and scores to Inspect AI."),
    "gate": ("evals.commands_gate", "gate_command", "List what the gate gets wrong; compare its two detectors."),
    "retrieval": ("evals.commands_retrieval", "retrieval_command", "Compare the choices of the retrieval, or --beir."),
    "bench": ("evals.commands_bench", "bench_command", "Time Spotter side by side with LangChain's tutorial pipeline."),
    "bench-folder": ("evals.commands_bench_folder", "bench_folder_command", "Time the search of a BEIR folder."),
    "load": ("evals.commands_load", "load_command", "Have many users ask the real service at once, then stop it."),
    "support": ("evals.commands_support", "support_command", "Check labelled sentences against their quotes."),
    "train": ("evals.commands_train", "train_command", "Learn the gate's, the policy's or the coverage's model anew."),
    "gallery": (
        "evals.commands_gallery",
        "gallery_command",
        "Write docs/answers-gallery.md: questions and their replies.",
    ),
    "digests": ("evals.commands_run", "digests", "Write down the files of cases as they are now."),
}


@click.group("eval", cls=LazyGroup, table=COMMANDS)
def eval_group() -> None:
    """Measure the answers, the gate and the retrieval."""
