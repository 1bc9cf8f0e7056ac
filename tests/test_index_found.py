"""What a search finds can be handled by who loads nothing that searches."""

import subprocess
import sys

from fixtures_assistant import ROOT


def test_who_handles_hits_loads_no_numbers_and_no_search():
    code = "import sys, index.found; print(sorted({'numpy', 'chromadb', 'bm25s', 'index.search'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
