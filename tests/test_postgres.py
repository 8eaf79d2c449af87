"""The tests' own PostgreSQL server gives each test a database that nobody else sees."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.postgres import PostgresServer


def test_a_database_of_one_test_is_empty_and_not_another_ones(postgres_server: PostgresServer) -> None:
    with postgres_server.new_database() as one, postgres_server.new_database() as other:
        engines = [create_engine(one), create_engine(other)]
        with engines[0].begin() as connection:
            connection.execute(text("CREATE TABLE item (id integer)"))
        with engines[1].begin() as connection:
            tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        for engine in engines:
            engine.dispose()
    assert tables == 0
