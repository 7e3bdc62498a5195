-- What was applied.

CREATE TABLE IF NOT EXISTS schema_migrations
(
    number UInt32,
    name String,
    sha256 String,
    applied_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY number
COMMENT 'Migrations that were applied, with the SHA-256 of their files.';
