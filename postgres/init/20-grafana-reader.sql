-- Runs once, when the database is created: a role for Grafana and the exporter that can read everything and change nothing.
\set ON_ERROR_STOP on
\getenv reader_password POSTGRES_READER_PASSWORD

CREATE ROLE grafana_reader LOGIN PASSWORD :'reader_password';
GRANT pg_read_all_data, pg_monitor TO grafana_reader;
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '10s';
