"""The engines compared, one module each behind the interface of `base`."""

from __future__ import annotations

from importlib import import_module

from benchmarks.peers.base import Peer

# In the order in which they are shown. A module is imported only by the process that measures its engine.
MODULES = {
    "readmore": "readmore_engine",
    "tantivy": "tantivy_engine",
    "sqlite": "sqlite_engine",
    "xapian": "xapian_engine",
    "bm25s": "bm25s_engine",
    "bm25s-numba": "bm25s_engine",
    "whoosh": "whoosh_engine",
}


def load(name: str) -> Peer:
    """The engine called `name`.

    Raises ImportError where its package cannot be imported, KeyError where there is no such engine.
    """
    module = import_module(f"benchmarks.peers.{MODULES[name]}")
    peer: Peer = module.PEERS[name]()
    return peer
