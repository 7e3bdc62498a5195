-- Every key with its latest state, oldest first; times in milliseconds.
SELECT
    key_id, secret_hash, platform, name, channel, rate_per_second, burst, daily_quota, store_synchronous,
    toUnixTimestamp64Milli(created_at) AS created_ms, toUnixTimestamp64Milli(revoked_at) AS revoked_ms
FROM api_keys FINAL
ORDER BY created_at, key_id
