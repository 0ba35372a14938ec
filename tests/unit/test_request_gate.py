"""Readers share the gate, whoever changes has it alone, and nobody waits for himself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from fava_ext.request_gate import RequestGate

WAIT = 0.05
"""Long enough for a thread that may go on to have gone on."""


class Visitor:
    """A thread that goes through the gate and stays inside until it is let go."""

    def __init__(self, way_in: Callable[[], AbstractContextManager[None]]) -> None:
        self.inside = threading.Event()
        self.leave = threading.Event()
        self._way_in = way_in
        self._thread = threading.Thread(target=self._visit, daemon=True)
        self._thread.start()

    def _visit(self) -> None:
        with self._way_in():
            self.inside.set()
            self.leave.wait(10)

    def end(self) -> None:
        """Let it go and see it gone."""
        self.leave.set()
        self._thread.join(10)
        assert not self._thread.is_alive()


def test_readers_share() -> None:
    """Two pages are drawn at once."""
    gate = RequestGate()
    visitors = [Visitor(gate.reading), Visitor(gate.reading)]
    assert all(visitor.inside.wait(10) for visitor in visitors)
    for visitor in visitors:
        visitor.end()


def test_a_changer_is_alone_and_goes_before_new_readers() -> None:
    """A busy shop's pages do not keep a reload out for ever."""
    gate = RequestGate()
    reader = Visitor(gate.reading)
    assert reader.inside.wait(10)
    changer = Visitor(gate.changing)
    assert not changer.inside.wait(WAIT)
    late = Visitor(gate.reading)
    assert not late.inside.wait(WAIT)
    reader.end()
    assert changer.inside.wait(10)
    assert not late.inside.wait(WAIT)
    changer.end()
    assert late.inside.wait(10)
    late.end()


def test_a_reader_may_turn_into_a_changer() -> None:
    """Two pages that both find the books changed do not wait for each other; each reads on afterwards."""
    gate = RequestGate()
    both_reading = threading.Barrier(2)
    inside: list[int] = []

    def page(number: int) -> None:
        with gate.reading():
            both_reading.wait(10)
            with gate.changing(), gate.changing():
                inside.append(number)
                assert inside.count(number) == 1
            assert gate._readers >= 1

    threads = [threading.Thread(target=page, args=(n,), daemon=True) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(inside) == [0, 1]
    assert (gate._readers, gate._changing, gate._changers_waiting) == (0, False, 0)


def test_an_error_inside_leaves_the_gate_open() -> None:
    """A reload that fails does not lock everybody out."""
    gate = RequestGate()
    try:
        with gate.reading(), gate.changing():
            raise ValueError
    except ValueError:
        pass
    visitor = Visitor(gate.changing)
    assert visitor.inside.wait(10)
    visitor.end()
