-- Runs once, when the database is created: statistics of how often each kind of statement runs, and how long it takes.
CREATE EXTENSION pg_stat_statements;
