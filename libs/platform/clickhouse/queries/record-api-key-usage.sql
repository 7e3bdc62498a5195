-- What one process counted on a day so far, one row for each caller.
INSERT INTO api_key_usage (day, caller_id, process, texts, updated_at)
SELECT {day:Date}, counted.1, {process:String}, counted.2, fromUnixTimestamp64Milli({updated_ms:Int64}, 'UTC')
FROM (SELECT arrayJoin(arrayZip({caller_ids:Array(String)}, {texts:Array(UInt64)})) AS counted)
