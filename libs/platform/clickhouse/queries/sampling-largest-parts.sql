-- The largest parts above the uniform rate of one stratum (sampling 1.2), with which the multiplier is solved. Parameters: those of one stratum
-- (plan-parameters.ts) whose multiplier is 1; from, to of the observed window; most: how many, at least the budget.
WITH
    mapFromArrays({buckets:Array(String)}, {factors:Array(Float64)}) AS factor_of,
    arrayMap(category -> mapContains(probabilities[{channel:String}], category), {scored_by:Array(String)}) AS known,
    arrayMap(category -> toFloat64(probabilities[{channel:String}][category]), {scored_by:Array(String)}) AS scores,
    concat(language, '/', toString(kind), '/', platform) AS bucket,
    if(mapContains(factor_of, bucket), factor_of[bucket], {other_factor:Float64}) AS metadata_factor,
    {multiplier:Float64} * metadata_factor * arraySum(arrayMap(
        (is_known, s, t, threshold_weight, uncertainty_weight) ->
            if(is_known, if(s >= t, threshold_weight, 0.) + uncertainty_weight * sqrt(s * (1 - s)), 0.),
        known, scores, {thresholds:Array(Float64)}, {threshold_weights:Array(Float64)}, {uncertainty_weights:Array(Float64)})) AS part
SELECT
    sum(part) AS sum,
    arrayMap(negative -> -negative, groupArraySorted({most:UInt64})(-part)) AS `values`
FROM predictions
WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    -- What the channel does not judge is skipped by the stream, too.
    AND mapContains(probabilities, {channel:String})
    AND has({languages:Array(String)}, language) != {languages_excluded:Bool}
