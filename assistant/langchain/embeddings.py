"""Spotter's encoder as LangChain's embeddings."""

from langchain_core.embeddings import Embeddings

from index.encoder import Encoder


class SpotterEmbeddings(Embeddings):
    """Unit vectors (384 numbers with the model that comes along), made on this machine."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.encode(texts).tolist() if texts else []
        return rows

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]
