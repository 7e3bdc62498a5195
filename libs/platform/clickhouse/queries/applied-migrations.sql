-- Migrations that were applied, in order.
SELECT number, name, sha256
FROM schema_migrations FINAL
ORDER BY number
