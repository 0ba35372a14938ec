"""What counts as a change of the books, and that no write is missed because it comes during a load."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fava_ext.books_changes import BooksChanges
from fava_ext.books_files import BooksFiles


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a people's file a while ago."""
    path = tmp_path / "manual.beancount"
    path.write_text("old")
    os.utime(path, (1e9, 1e9))
    return path


@pytest.fixture
def changes(tmp_path: Path, file: Path) -> BooksChanges:
    """Load once."""
    changes = BooksChanges(BooksFiles.at(tmp_path))
    assert changes.changed()
    changes.started()
    changes.finished([file])
    assert not changes.changed()
    return changes


def publish(books: Path, seq: str) -> None:
    """Write the counter."""
    (books / ".orderledger").mkdir(exist_ok=True)
    (books / ".orderledger/published_seq").write_text(seq)


def test_a_missing_counter_is_zero(tmp_path: Path, changes: BooksChanges) -> None:
    """The first publisher changes nothing by writing that nothing is published."""
    assert changes.version == "0"
    publish(tmp_path, "0\n")
    assert not changes.changed()
    publish(tmp_path, "1\n")
    assert changes.changed()


@pytest.mark.parametrize("how", ["rewritten", "replaced by an older one", "deleted"])
def test_every_way_to_change_a_file_counts(file: Path, changes: BooksChanges, how: str) -> None:
    """Also a file from a backup, whose time lies before that of the file it replaces."""
    if how == "rewritten":
        file.write_text("new")
    elif how == "deleted":
        file.unlink()
    else:
        backup = file.with_name("backup")
        backup.write_text("new")
        os.utime(backup, (9e8, 9e8))
        backup.replace(file)
    assert changes.changed()


def test_a_write_during_a_load_is_seen_after_it(tmp_path: Path, file: Path, changes: BooksChanges) -> None:
    """Nobody knows whether the load read it before or after."""
    changes.started()
    file.write_text("new")
    publish(tmp_path, "1")
    changes.finished([file])
    assert changes.changed()
    changes.started()
    changes.finished([file])
    assert not changes.changed()


def test_a_file_first_included_and_written_during_a_load_is_seen(tmp_path: Path, file: Path, changes: BooksChanges) -> None:
    """It is loaded once more, and only once."""
    fresh = tmp_path / "fresh.beancount"
    changes.started()
    fresh.write_text("new")
    changes.finished([file, fresh])
    assert changes.changed()
    changes.started()
    changes.finished([file, fresh])
    assert not changes.changed()


def test_the_service_s_files_do_not_count(tmp_path: Path, file: Path, changes: BooksChanges) -> None:
    """Their text may be half written; the counter says when it is whole."""
    month = tmp_path / "journal/2026/2026-03.beancount"
    month.parent.mkdir(parents=True)
    month.write_text("")
    changes.started()
    changes.finished([file, month])
    month.write_text("half")
    assert not changes.changed()
