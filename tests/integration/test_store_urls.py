"""The fixture `store_url`: both engines answer, and no test sees another's database."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from tests.postgres import PostgresServer


def test_engine_answers(store_url: URL) -> None:
    engine = create_engine(store_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_database_is_empty_at_the_start(store_url: URL, turn: str) -> None:
    """Each turn leaves a table behind that the other one would stumble over."""
    engine = create_engine(store_url)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (turn TEXT)"))
        connection.execute(text("INSERT INTO left_behind VALUES (:turn)"), {"turn": turn})
    engine.dispose()


@pytest.mark.postgres
def test_connections_left_open_do_not_stop_the_clean_up(postgres_server: PostgresServer) -> None:
    with postgres_server.new_database() as url:
        engine = create_engine(url)
        connection = engine.connect()
        connection.execute(text("SELECT 1"))
    with pytest.raises(OperationalError):
        connection.execute(text("SELECT 1"))
    connection.close()
    engine.dispose()
