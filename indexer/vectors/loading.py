"""From the name of a model to an encoder, by the fastest way that this machine has."""

from __future__ import annotations

from typing import Literal

from indexer.vectors import onnx_encoder
from indexer.vectors.encoder import Encoder, ModelError
from indexer.vectors.models import Model, find_model, fingerprint
from indexer.vectors.onnx_encoder import MODEL_FILE, TOKENIZER_FILE, OnnxEncoder
from indexer.vectors.spec import Backend, ModelSpec

Files = dict[str, bytes]


def choose_backend(wanted: Backend | Literal["auto"], device: str | None) -> Backend:
    """What runs a model: what is wanted, else ONNX Runtime where it is installed and the device is a CPU."""
    if wanted != "auto":
        return wanted
    if not onnx_encoder.available():
        return "torch"
    if device is None:
        from indexer.vectors.torch_encoder import best_device

        device = best_device()
    return "onnx" if device == "cpu" else "torch"


def prepare(model: Model, backend: Backend, device: str | None, *, insist: bool) -> tuple[Encoder, Files, str]:
    """The encoder of a model, the files that it can be opened from again, and a note if it is not run by `backend`.

    Unless one must `insist` on it, a model that cannot be exported is run by torch. Raises ModelError.
    """
    from indexer.vectors.torch_encoder import TorchEncoder, best_device

    loaded = TorchEncoder(model, device or ("cpu" if backend == "onnx" else best_device()))
    if backend == "torch":
        return loaded, {}, ""
    try:
        if not loaded.spec.window:
            raise ModelError(f"the model {model.name} has no window, so torch runs it")
        from indexer.vectors.onnx_export import export

        spec, files = export(loaded)
    except ModelError as error:
        if insist:
            raise
        return loaded, {}, str(error)
    return OnnxEncoder(spec, files[MODEL_FILE], files[TOKENIZER_FILE].decode()), files, ""


def reopen(spec: ModelSpec, files: Files, device: str | None = None) -> Encoder:
    """The encoder of a space that has been made before. Raises ModelError if it cannot be had any more."""
    if spec.backend == "onnx":
        return OnnxEncoder(spec, files[MODEL_FILE], files[TOKENIZER_FILE].decode())
    return load_torch(spec, device)


def load_torch(spec: ModelSpec, device: str | None = None) -> Encoder:
    """A model that torch runs. Raises ModelError if it is gone, or another than the one that encoded the articles."""
    from indexer.vectors.torch_encoder import TorchEncoder, best_device

    model = find_model(spec.model, download=False)  # a search is no reason to ask the hub for anything
    if f"{fingerprint(model)}-torch" != spec.fingerprint:
        raise ModelError(
            f"the model {spec.model} is not the one that encoded the articles; run 'readmore embed {spec.model}'"
        )
    return TorchEncoder(model, device or best_device())
