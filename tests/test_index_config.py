"""Where the index lives: everything in one folder, which may be deleted."""

from pathlib import Path

from index.config import BUILT_IN_MODEL, IndexConfig


def test_everything_that_is_built_lies_in_the_one_folder():
    config = IndexConfig(Path("/data"))
    assert config.model == BUILT_IN_MODEL
    assert all(config.data in place.parents for place in (config.models, config.builds, config.embeddings))
    assert len({config.models, config.builds, config.embeddings}) == 3
