"""Whether a sentence is carried by the words that it quotes, without a language model."""
