-- What a sampling plan needs to know of a window (sampling 1.2): a row for each bucket of language, kind and platform. Metadata factors are
-- the same for a whole bucket, so A_c and G_c follow from these sums. Parameters: channel; from, to of scored_at; thresholds by category.
SELECT
    language,
    toString(kind) AS kind,
    platform,
    count() AS contents,
    sumMap(mapApply((category, s) -> (category, toUInt64(1)), probabilities[{channel:String}])) AS scored,
    sumMap(mapApply(
        (category, s) -> (category, toUInt64(mapContains({thresholds:Map(String, Float64)}, category)
            AND toFloat64(s) >= {thresholds:Map(String, Float64)}[category])),
        probabilities[{channel:String}])) AS above,
    sumMap(mapApply((category, s) -> (category, sqrt(toFloat64(s) * (1 - toFloat64(s)))), probabilities[{channel:String}])) AS uncertainty
FROM predictions
WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    -- What the channel does not judge is skipped by the stream, too.
    AND mapContains(probabilities, {channel:String})
GROUP BY language, kind, platform
ORDER BY language, kind, platform
