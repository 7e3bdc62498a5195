-- Draws of one stratum of a window that the plan and the hash expect, and those of them that sampling_drawn does not show: `missing` may
-- still come, `differing` never will, because a later record of its partition was drawn and a partition is drawn in order: the role had
-- other settings then, or began later. The probability is that of sampling-inclusion-probabilities.sql. A draw on the very edge, where the
-- last bits of a sum of doubles decide, is not waited for. Parameters: those of one stratum (plan-parameters.ts); plan_id, empty for the bootstrap; from, to of scored_at.
WITH
    mapFromArrays({buckets:Array(String)}, {factors:Array(Float64)}) AS factor_of,
    arrayMap(category -> mapContains(probabilities[{channel:String}], category), {scored_by:Array(String)}) AS known,
    arrayMap(category -> toFloat64(probabilities[{channel:String}][category]), {scored_by:Array(String)}) AS scores,
    concat(language, '/', toString(kind), '/', platform) AS bucket,
    if(mapContains(factor_of, bucket), factor_of[bucket], {other_factor:Float64}) AS metadata_factor,
    {multiplier:Float64} * metadata_factor * arraySum(arrayMap(
        (is_known, s, t, threshold_weight, uncertainty_weight) ->
            if(is_known, if(s >= t, threshold_weight, 0.) + uncertainty_weight * sqrt(s * (1 - s)), 0.),
        known, scores, {thresholds:Array(Float64)}, {threshold_weights:Array(Float64)}, {uncertainty_weights:Array(Float64)})) AS part,
    concat({salt:String}, '|', platform, '/', content_id, '/', toString(revision)) AS hashed,
    toFloat64(bitShiftRight(reinterpretAsUInt64(reverse(substring(SHA256(hashed), 1, 8))), 11)) / 9007199254740992. AS u,
    least(1., {uniform_rate:Float64} + part) AS probability,
    (
        SELECT mapFromArrays(groupArray(toUInt16(source_partition)), groupArray(newest))
        FROM
        (
            SELECT source_partition, max(source_offset) AS newest
            FROM sampling_drawn
            WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
            GROUP BY source_partition
        )
    ) AS drawn_until,
    u < probability - 1e-9 AND (platform, content_id, revision) NOT IN (
        SELECT platform, content_id, revision
        FROM sampling_drawn
        WHERE ifNull(plan_id, '') = {plan_id:String} AND channel = {channel:String}
            AND scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')) AS is_absent,
    mapContains(drawn_until, record_partition) AND record_offset < drawn_until[record_partition] AS is_passed
SELECT
    count() AS expected,
    countIf(is_absent AND NOT is_passed) AS missing,
    countIf(is_absent AND is_passed) AS differing
FROM predictions
WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    AND mapContains(probabilities, {channel:String})
    AND has({languages:Array(String)}, language) != {languages_excluded:Bool}
    AND u < probability
