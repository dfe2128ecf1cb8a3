"""The cache that processes share: what is put in comes out or nothing does, within its bounds."""

from __future__ import annotations

import os
import random
import signal
import threading
from hashlib import blake2b

import pytest

from web.http.shared_cache import KEY_BYTES, SharedCache

SIZE = 1 << 20


def key(name: object) -> bytes:
    return blake2b(repr(name).encode(), digest_size=KEY_BYTES).digest()


def record(name: object, length: int) -> bytes:
    seed = blake2b(repr(name).encode()).digest()
    return (seed * (length // len(seed) + 1))[:length]


def test_what_was_put_in_comes_out() -> None:
    cache = SharedCache(SIZE)
    assert cache.get(key("a")) is None
    cache.put(key("a"), b"one")
    cache.put(key("b"), b"two")
    assert (cache.get(key("a")), cache.get(key("b"))) == (b"one", b"two")
    cache.put(key("a"), b"three")
    assert cache.get(key("a")) == b"three"


def test_it_never_has_more_than_its_size_and_the_newest_stay() -> None:
    cache = SharedCache(SIZE)
    names = range(1000)
    for name in names:
        cache.put(key(name), record(name, 5000))
    found = {name: cache.get(key(name)) for name in names}
    there = [name for name, content in found.items() if content is not None]
    assert all(found[name] == record(name, 5000) for name in there)
    assert 100 < len(there) <= SIZE // 5000
    assert min(there) > 700
    assert cache.used() == SIZE


def test_what_is_asked_for_stays() -> None:
    cache = SharedCache(SIZE)
    cache.put(key("liked"), record("liked", 5000))
    for name in range(1000):
        cache.put(key(name), record(name, 5000))
        assert cache.get(key("liked")) == record("liked", 5000)


@pytest.mark.parametrize("length", [0, SIZE // 8 + 1, 2 * SIZE])
def test_what_is_too_large_is_not_kept(length: int) -> None:
    cache = SharedCache(SIZE)
    cache.put(key("a"), b"x" * length)
    assert cache.get(key("a")) is None
    cache.put(key("b"), b"small")
    assert cache.get(key("b")) == b"small"


def test_threads_and_processes_never_see_a_mixture() -> None:
    cache = SharedCache(1 << 18)
    children = [child_of(cache, seed) for seed in range(3)]
    wrong: list[object] = []
    threads = [threading.Thread(target=lambda seed=seed: wrong.extend(work(cache, seed))) for seed in range(10, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]


def work(cache: SharedCache, seed: int) -> list[object]:
    """Puts records in and asks for them; comes back with those that were wrong."""
    chance = random.Random(seed)
    wrong = []
    for _ in range(3000):
        name = chance.randrange(200)
        if chance.random() < 0.5:
            cache.put(key(name), record(name, 200 + name * 40))
        elif (content := cache.get(key(name))) is not None and content != record(name, 200 + name * 40):
            wrong.append(name)
    return wrong


def child_of(cache: SharedCache, seed: int) -> int:
    child = os.fork()
    if child == 0:
        os._exit(1 if work(cache, seed) else 0)
    return child


def test_a_process_that_dies_while_it_writes_keeps_nobody_from_writing() -> None:
    cache = SharedCache(SIZE)
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        with cache._memory.writing():
            os.write(told, b"x")
            signal.pause()
    assert os.read(ready, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    cache.put(key("a"), b"one")
    assert cache.get(key("a")) == b"one"


def test_a_damaged_record_is_none() -> None:
    cache = SharedCache(SIZE)
    cache.put(key("a"), b"0123456789")
    cache._map[cache._data + 3] ^= 1
    assert cache.get(key("a")) is None
