"""See to it that a signal reaches Python's main thread. granian lets both of its processes sleep on a lock until one comes."""

from __future__ import annotations

import signal
import socket
import threading
import time

NUDGES = 5
NUDGE_SECONDS = 0.2
READ_BYTES = 4_096
"""How often, and how soon after each other, the main thread is woken: the first time nearly always does."""


def wake_main_thread() -> None:
    """Wake the main thread when a signal arrives; call it there, before handlers are set.

    The system may hand a signal to any thread. Python then notes it and runs the handler when the main thread gets to it,
    which is never while that sleeps on a lock: after Ctrl-C the serving process lived on in one of three runs.
    """
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    main = threading.main_thread().ident
    assert main is not None

    def nudge() -> None:
        # The thread never ends, and so both sockets stay open: the system would write to whatever had the number next.
        while heard := ear.recv(READ_BYTES):
            for _ in range(NUDGES):
                time.sleep(NUDGE_SECONDS)
                # To the thread itself: that interrupts its sleep.
                signal.pthread_kill(main, heard[0])
            # Our own signals are heard here too.
            ear.recv(READ_BYTES)
        mouth.close()

    threading.Thread(target=nudge, name="signal-wakeup", daemon=True).start()
