-- Every draw of one stratum of a plan, recomputed from the scores (sampling 1.1, 1.2): audits sampling.drawn and finds what it left out.
-- Parameters: those of one stratum (plan-parameters.ts); from, to of scored_at.
WITH
    mapFromArrays({buckets:Array(String)}, {factors:Array(Float64)}) AS factor_of,
    arrayMap(category -> mapContains(probabilities[{channel:String}], category), {scored_by:Array(String)}) AS known,
    arrayMap(category -> toFloat64(probabilities[{channel:String}][category]), {scored_by:Array(String)}) AS scores,
    concat(language, '/', toString(kind), '/', platform) AS bucket,
    if(mapContains(factor_of, bucket), factor_of[bucket], {other_factor:Float64}) AS metadata_factor,
    {multiplier:Float64} * metadata_factor AS scale,
    concat({salt:String}, '|', platform, '/', content_id, '/', toString(revision)) AS hashed
SELECT
    platform,
    content_id,
    revision,
    scored_at,
    -- Top 53 bits of the hash: the same double as in the stream.
    toFloat64(bitShiftRight(reinterpretAsUInt64(reverse(substring(SHA256(hashed), 1, 8))), 11)) / 9007199254740992. AS u,
    {uniform_rate:Float64} AS uniform_part,
    scale * arraySum(arrayMap((is_known, s, t, weight) -> if(is_known AND s >= t, weight, 0.),
        known, scores, {thresholds:Array(Float64)}, {threshold_weights:Array(Float64)})) AS threshold_part,
    scale * arraySum(arrayMap((is_known, s, weight) -> if(is_known, weight * sqrt(s * (1 - s)), 0.),
        known, scores, {uncertainty_weights:Array(Float64)})) AS uncertainty_part,
    metadata_factor,
    least(1., uniform_part + threshold_part + uncertainty_part) AS probability,
    u < probability AS drawn
FROM predictions
WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    -- What the channel does not judge is skipped by the stream, too.
    AND mapContains(probabilities, {channel:String})
    AND has({languages:Array(String)}, language) != {languages_excluded:Bool}
