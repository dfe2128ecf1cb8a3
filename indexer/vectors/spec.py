"""What has to be known of a neural model to encode with it again: one small record, kept with its vectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Backend = Literal["onnx", "torch"]
RECIPE = 2  # goes up when the same model and article give another vector than before


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as it encodes into a space. Vectors of two specs go together only if their fingerprints are the same."""

    model: str  # by which it is found again: a folder, minilm, or a name of the hub
    fingerprint: str  # of weights, vocabulary, pooling and recipe
    backend: Backend
    dim: int
    window: int  # tokens of a passage, the model's own marks included; 0 for a model that reads texts of any length
    query_prompt: str = ""  # what the model wants to read before a query
    document_prompt: str = ""  # and before an article
    recipe: int = RECIPE  # by which its articles were encoded

    def with_backend(self, backend: Backend) -> ModelSpec:
        """The same model run by something else, whose vectors differ a little."""
        return replace(self, backend=backend, fingerprint=f"{self.fingerprint.partition('-')[0]}-{backend}")

    @property
    def short(self) -> str:
        """The fingerprint as it stands in the names of folders."""
        return hashlib.sha256(self.fingerprint.encode()).hexdigest()[:12]

    def to_json(self, **more: float | Mapping[str, float]) -> str:
        """The spec as JSON, with `more` that belongs to it."""
        return json.dumps({**asdict(self), **more})

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> ModelSpec:
        """The spec that `to_json` wrote, parsed. Raises TypeError or ValueError for anything else."""
        spec = cls(**({"recipe": 1} | record))  # the first was not written down
        if spec.backend not in ("onnx", "torch") or not 0 < spec.dim < 1 << 16 or spec.window < 0:
            raise ValueError("not a model's record")
        return spec
