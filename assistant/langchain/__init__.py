"""Spotter for programs built on LangChain: retriever, embeddings, chat model, runnable; tool and guard for agents."""
