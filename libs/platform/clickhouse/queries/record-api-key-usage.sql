-- What one process counted for one caller on a day so far.
INSERT INTO api_key_usage (day, caller_id, process, texts, updated_at)
SELECT {day:Date}, {caller_id:String}, {process:String}, {texts:UInt64}, fromUnixTimestamp64Milli({updated_ms:Int64}, 'UTC')
