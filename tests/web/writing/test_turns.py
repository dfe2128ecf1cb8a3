"""One change at a time, and a bounded number that waits."""

from __future__ import annotations

import threading

import pytest

from web.writing.turns import BusyError, Turns


def test_one_at_a_time_and_the_others_after_it() -> None:
    turns, inside, most = Turns(8, 60), [0], [0]

    def change() -> None:
        with turns.taken():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            inside[0] -= 1

    threads = [threading.Thread(target=change) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_whoever_finds_no_place_is_told_at_once() -> None:
    turns = Turns(1, 60)
    with turns.place(), turns.place():
        with pytest.raises(BusyError, match="too many changes") as raised, turns.taken():
            pass
        assert raised.value.retry_after > 0
    with turns.taken():
        pass


def test_nobody_waits_longer_than_so_many_seconds() -> None:
    turns = Turns(1, 0.05)
    with turns.taken(), pytest.raises(BusyError, match="take long"), turns.taken():
        pass
    with turns.taken():
        pass


def test_a_change_that_fails_gives_its_turn_back() -> None:
    turns = Turns(0, 1)
    with pytest.raises(RuntimeError), turns.taken():
        raise RuntimeError
    with turns.taken():
        pass
