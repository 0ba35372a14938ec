"""Where requests wait: in order, within a bound, and no longer than others are coming."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger import waiting_room
from ledger.errors import QueueFull
from ledger.waiting_room import Answer, WaitingRoom

LONG = 30.0
"""Seconds that no test waits for unless it fails."""


def drain(room: WaitingRoom[int]) -> list[int]:
    """Take all that is there."""
    found = []
    while (item := room.take_another()) is not None:
        found.append(item)
    return found


def test_items_come_out_as_they_came() -> None:
    """First come, first served; the bound holds for all but the last."""
    room: WaitingRoom[int] = WaitingRoom(3)
    for number in (1, 2, 3):
        room.put(number)
    for urgent in (False, True):
        with pytest.raises(QueueFull, match="3 requests wait"):
            room.put(4, urgent=urgent)
    room.put_last(5)
    assert len(room) == 4
    assert [room.take(), *drain(room)] == [1, 2, 3, 5]


def test_whoever_takes_waits_for_the_first() -> None:
    """No polling: an item that comes wakes the taker."""
    room: WaitingRoom[int] = WaitingRoom(3)
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(room.take)
        time.sleep(0.01)
        assert not taken.done()
        room.put(1)
        assert taken.result(LONG) == 1


def test_a_group_waits_until_it_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """The taker is woken by the one that completes the group, not by the others, and no pause is waited for."""
    monkeypatch.setattr(waiting_room, "GATHER_SECONDS", LONG)
    monkeypatch.setattr(waiting_room, "GATHER_SECONDS_MAX", LONG)
    room: WaitingRoom[int] = WaitingRoom(10)
    with ThreadPoolExecutor(1) as pool:
        gathered = pool.submit(room.gather, 3)
        for number in (1, 2):
            room.put(number)
            time.sleep(0.01)
            assert not gathered.done()
        room.put(3)
        gathered.result(LONG)
        assert drain(room) == [1, 2, 3]
        gathered = pool.submit(room.gather, 3)
        time.sleep(0.01)
        room.put(1, urgent=True)
        gathered.result(LONG)
        gathered = pool.submit(room.gather, 3)
        time.sleep(0.01)
        room.put_last(2)
        gathered.result(LONG)
    assert drain(room) == [1, 2]


def test_a_group_is_not_waited_for_once_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that have left cost one pause; those that drip in cost the bound at most."""
    room: WaitingRoom[int] = WaitingRoom(1_000_000)
    room.gather(2)
    monkeypatch.setattr(waiting_room, "GATHER_SECONDS", LONG)
    monkeypatch.setattr(waiting_room, "GATHER_SECONDS_MAX", 0.05)
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.001):
            room.put(1)

    with ThreadPoolExecutor(1) as pool:
        dripping = pool.submit(drip)
        try:
            room.gather(1_000_000)
        finally:
            stop.set()
        dripping.result(LONG)
    assert 0 < len(room) < 1_000_000


def test_an_answer_is_a_value_or_an_error() -> None:
    """Whoever waits gets it, at once where it was given before, and again."""
    answer: Answer[int] = Answer()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(answer.get)
        time.sleep(0.01)
        assert not asked.done()
        answer.give(7)
        assert asked.result(LONG) == 7
    assert answer.get() == 7
    failed: Answer[int] = Answer()
    failed.fail(QueueFull("full"))
    for _ in range(2):
        with pytest.raises(QueueFull, match="full"):
            failed.get()
