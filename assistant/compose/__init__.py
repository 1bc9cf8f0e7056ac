"""From a question and its hits to the blocks of an answer, without a language model."""
