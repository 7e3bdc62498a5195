-- Makes, changes or revokes a key.
INSERT INTO api_keys (key_id, secret_hash, platform, name, channel, rate_per_second, burst, daily_quota, store_synchronous, created_at, revoked_at, updated_at)
SELECT {key_id:String}, {secret_hash:String}, {platform:String}, {name:String}, {channel:String}, {rate_per_second:Float64}, {burst:Float64}, {daily_quota:UInt64}, {store_synchronous:Bool}, fromUnixTimestamp64Milli({created_ms:Int64}, 'UTC'), fromUnixTimestamp64Milli({revoked_ms:Int64}, 'UTC'), fromUnixTimestamp64Milli({updated_ms:Int64}, 'UTC')
