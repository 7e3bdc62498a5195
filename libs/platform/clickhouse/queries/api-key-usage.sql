-- What all other processes counted on a day.
SELECT caller_id, sum(texts) AS texts
FROM api_key_usage FINAL
WHERE day = {day:Date} AND process != {process:String}
GROUP BY caller_id
