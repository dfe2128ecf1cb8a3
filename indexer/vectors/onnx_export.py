"""From a sentence-transformers model to a file that ONNX Runtime runs, its weights as 8-bit integers where they can be.

Torch exports the whole model, pooling included, and ONNX Runtime quantises the weights of its matrix products. The
inputs of a product are rounded to 8 bits as well, in steps of a part of the largest: where a few values are a hundred
times the others, as in the feed-forward layers of some large models, nothing is left of the others. Such products are
kept in 32 bits, as many as it takes until the vectors are near enough to the original's. (T. Dettmers et al.,
"LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale", 2022, on such outliers.)
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from indexer.vectors.encoder import ModelError
from indexer.vectors.lsa import unit
from indexer.vectors.onnx_encoder import MODEL_FILE, TOKENIZER_FILE, OnnxEncoder, import_runtime
from indexer.vectors.spec import ModelSpec
from indexer.vectors.torch_encoder import TorchEncoder

LEAST_COSINE = 0.97  # of the exported model's vectors with the original's; below, the export is not the model
_KEPT = (
    0.0,
    1 / 18,
    1 / 6,
    1 / 3,
    1.0,
)  # shares of the products that are kept in 32 bits, each tried where the one before fails
_SAMPLE = [
    "The lander touched down on the far side of the Moon.",
    "interest rates",
    "Ein Satz in einer anderen Sprache.",
]


def export(encoder: TorchEncoder) -> tuple[ModelSpec, dict[str, bytes]]:
    """The model of `encoder` as files for `OnnxEncoder`, by name.

    Raises ModelError if it cannot be exported, or if what comes out is not near enough to the original.
    """
    spec = encoder.spec.with_backend("onnx")
    tokenizer = encoder.tokenizer.to_str()
    original, cosine = unit(encoder.encode(_SAMPLE)), 0.0
    for model in _exported(encoder):
        exported = OnnxEncoder(spec, model, tokenizer)
        cosine = float((unit(exported.encode(_SAMPLE)) * original).sum(axis=1).min())
        if cosine >= LEAST_COSINE:
            return spec, {MODEL_FILE: model, TOKENIZER_FILE: tokenizer.encode()}
    raise ModelError(f"the model {spec.model} is another one when it is exported (cosine {cosine:.3f})")


def _exported(encoder: TorchEncoder) -> Iterator[bytes]:
    """The exported model with as much of it in 8 bits as can be, then with less and less. Raises ModelError."""
    with tempfile.TemporaryDirectory(prefix="readmore-export-") as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        try:
            with _quietly():
                import_runtime()  # before the exporter, which imports what it finds
                tokens = encoder.tokens(_SAMPLE)
                _export(encoder.model, tokens, whole)
                products = _by_outliers(whole, tokens)
            for kept in dict.fromkeys(round(share * len(products)) for share in _KEPT):
                if kept < len(products):
                    with _quietly():
                        _quantise(whole, small, products[:kept])
                    yield small.read_bytes()
            yield whole.read_bytes()
        except Exception as error:  # what an exporter meets in a model is its own
            raise ModelError(f"the model {encoder.spec.model} cannot be exported ({str(error)[:200]})") from None


def _quantise(whole: Path, small: Path, kept: Sequence[str]) -> None:
    """Writes the model with the weights of its products as integers, but for those that are `kept`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(whole, small, per_channel=True, weight_type=QuantType.QInt8, nodes_to_exclude=list(kept))


def _by_outliers(whole: Path, tokens: dict[str, Any]) -> list[str]:
    """The names of the products with weights, those first in whose inputs the largest value stands out most."""
    import onnx

    model = onnx.load(whole)
    weights = {array.name for array in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in weights]
    inputs = list(dict.fromkeys(node.input[0] for node in products))
    model.graph.output.extend(map(onnx.helper.make_empty_tensor_value_info, inputs))
    session = import_runtime().InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    read = {name: np.asarray(tokens[name]) for name in ("input_ids", "attention_mask")}
    outliers = {}
    for name, values in zip(inputs, session.run(inputs, read), strict=True):
        outliers[name] = float(np.abs(values).max() / max(float(np.sqrt((values**2).mean())), 1e-9))
    return [node.name for node in sorted(products, key=lambda node: -outliers[node.input[0]])]


def _export(model: Any, tokens: dict[str, Any], path: Path) -> None:
    import torch

    class Whole(torch.nn.Module):
        """A sentence-transformers model from token ids to vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for module in self.model:
                features = module(features)
            return features["sentence_embedding"]

    any_shape = {0: "texts", 1: "tokens"}
    with _plain_attention(model):
        torch.onnx.export(
            Whole().eval(),
            (tokens["input_ids"], tokens["attention_mask"]),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": any_shape, "attention_mask": any_shape, "vectors": {0: "texts"}},
            opset_version=17,
            dynamo=False,  # the other exporter needs two more packages
        )


@contextmanager
def _plain_attention(model: Any) -> Iterator[None]:
    """Has transformers spell attention out as products and a softmax. Torch's own function becomes, on export, a graph
    that takes a quarter of the time to look for texts without tokens."""
    former = [
        (module, module.config._attn_implementation)
        for module in model.modules()
        if hasattr(module, "set_attn_implementation")
    ]
    try:
        for module, _ in former:
            module.set_attn_implementation("eager")
        yield
    finally:
        for module, before in former:
            module.set_attn_implementation(before)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keeps to itself what exporters say of their own workings."""
    import logging

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        stdout = sys.stdout
        try:
            with open(os.devnull, "w") as sys.stdout:  # noqa: PTH123
                yield
        finally:
            sys.stdout = stdout
            logging.disable(logging.NOTSET)
