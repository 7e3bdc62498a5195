-- What champion and candidate did in one closed window, by author, else conversation, else content: each cluster of each arm is a row. A
-- category is flagged where its probability reaches the lower of both thresholds of the bundle, which is what the verdict decides by.
SELECT
    if(a.role = 'CANARY', 'CANARY', 'CONTROL') AS arm,
    multiIf(
        author_hash IS NOT NULL, lower(hex(author_hash)),
        conversation_hash IS NOT NULL, lower(hex(conversation_hash)),
        concat(toString(platform), '/', content_id)) AS cluster,
    toUInt32(count()) AS items,
    toUInt32(countIf(a.error IS NOT NULL)) AS errors,
    sumForEach(arrayMap(
        (category, limit) -> toUInt32(mapContains(a.probabilities, category) AND a.probabilities[category] >= limit),
        {categories:Array(String)},
        if(a.role = 'CANARY', {candidate_limits:Array(Float64)}, {champion_limits:Array(Float64)}))) AS flags,
    toUInt32(countIf(dateDiff('millisecond', submitted_at, scored_at) >
        if(a.role = 'CANARY', {slow_canary:Float64}, {slow_control:Float64}))) AS slow
FROM prediction_scored FINAL
ARRAY JOIN assignments AS a
WHERE toDate(scored_at) >= toDate(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
    AND toDate(scored_at) <= toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
    AND scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    AND a.channel = {channel:String} AND a.mode = 'NORMAL'
    AND ((a.role = 'CANARY' AND a.deployment_id = {candidate:String})
        OR (a.role = 'LIVE' AND a.deployment_id = {champion:String}))
GROUP BY arm, cluster
ORDER BY arm, cluster
SETTINGS do_not_merge_across_partitions_select_final = 1
