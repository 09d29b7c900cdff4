-- Runs once, when the database is made: how often each shape of statement ran, and how long it took.
CREATE EXTENSION pg_stat_statements;
