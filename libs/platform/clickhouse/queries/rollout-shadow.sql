-- What a candidate scored beside the live model, and what it could not score.
SELECT toUInt64(count()) AS items, toUInt64(countIf(a.error IS NOT NULL)) AS failed
FROM prediction_scored FINAL
ARRAY JOIN assignments AS a
WHERE toDate(scored_at) >= toDate(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
    AND toDate(scored_at) <= toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
    AND scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    AND a.channel = {channel:String} AND a.role = 'SHADOW' AND a.deployment_id = {candidate:String}
SETTINGS do_not_merge_across_partitions_select_final = 1
