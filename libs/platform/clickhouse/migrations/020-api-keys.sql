-- Callers of the gateway.

CREATE TABLE IF NOT EXISTS api_keys
(
    key_id String COMMENT 'Public part of the key, 12 hex digits',
    secret_hash String COMMENT 'SHA-256 of the secret part, hex: 256 random bits need no slow hash',
    platform LowCardinality(String) COMMENT 'Everything that the key writes, reads and erases belongs to it',
    name String COMMENT 'Name for people',
    channel LowCardinality(String) COMMENT 'Channel whose deployment answers synchronous calls',
    rate_per_second Float64 COMMENT 'Texts per second in the long run',
    burst Float64 COMMENT 'Texts at once',
    daily_quota UInt64 COMMENT 'Texts per UTC day; 0: no quota',
    store_synchronous Bool COMMENT 'Whether synchronous calls become content.submitted events',
    created_at DateTime64(3, 'UTC'),
    revoked_at DateTime64(3, 'UTC') COMMENT '1970: not revoked',
    updated_at DateTime64(3, 'UTC') COMMENT 'The latest row of a key counts'
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY key_id
COMMENT 'API keys of the gateway, without their secrets.';

CREATE TABLE IF NOT EXISTS api_key_usage
(
    day Date,
    caller_id String,
    process String COMMENT 'One run of one replica',
    texts UInt64 COMMENT 'What this run counted on this day so far',
    updated_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (day, caller_id, process)
TTL day + INTERVAL 35 DAY
COMMENT 'Texts by caller and day: the sum over the runs is what a daily quota counts.';
