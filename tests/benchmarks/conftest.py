"""The benchmarks are no installed package: they are run, and therefore tested, from the checkout."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
