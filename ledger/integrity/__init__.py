"""`check`: every promise that can be recomputed is recomputed from the bottom and compared; what differs is named, nothing is mended.

Large books are checked by two processes, on two cores. Whatever is posted meanwhile, both judge one state: the same snapshot of the
store (`Database.reading_with`), the text as it is while the lock on the books is held, which is taken before the snapshot and kept to
the end, and people's files as they were read by then. The snapshot is one in which the text has all that the store has
(`settling`).
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from ledger.collector import collector_between_batches
from ledger.integrity.parts import Judged
from ledger.integrity.second import is_worth, second_process
from ledger.integrity.settling import settled
from ledger.integrity.sharing import Sharing, judge_here
from ledger.integrity.stock_beancount import reads_whole
from ledger.progress import Progress, silent
from ledger.service import Ledger


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to: up to which document it looked, whether stock Beancount read the whole text, and what does not hold.

    `moving`: Fava's view had no time to follow what others posted, so it was not compared.
    """

    seq: int
    of_all: bool
    moving: bool
    problems: list[str]


def check(ledger: Ledger, progress: Progress = silent, *, whole: bool = False) -> list[str]:
    """Return what does not hold, one sentence each; an empty list is the proof that everything does.

    Beyond WHOLE_CHECK_ENTRIES_MAX stock Beancount reads Fava's view instead of the whole text, unless `whole` says otherwise.
    """
    return check_all(ledger, progress, whole=whole).problems


def check_all(ledger: Ledger, progress: Progress = silent, *, whole: bool = False) -> Checked:
    """Check as `check` does, and say what was looked at. ChildProcessError where the second process does not do its part."""
    sharing = Sharing()

    def report(what: str, done: int, total: int | None) -> None:
        sharing.look()  # as soon as the second process has failed, going on is of no use
        progress(what, done, total)

    two = is_worth(ledger.health()["seq"])
    with second_process(ledger.books, ledger.database.url, whole=whole) if two else nullcontext() as second:  # noqa: SIM117
        with settled(ledger, second) as found:
            context, moving = found.context, found.moving
            judged = Judged(context, ledger.books, found.people, report, whole, moving)
            beside = second.judging(sharing, progress, moving=moving) if second else nullcontext()
            with collector_between_batches() as collect, beside:
                judge_here(sharing, judged, collect)
            seq: int = context.connection.exec_driver_sql("SELECT seq FROM head WHERE id = 1").scalar_one()
            return Checked(seq, reads_whole(context, ledger.books, whole=whole), moving, sharing.problems())
