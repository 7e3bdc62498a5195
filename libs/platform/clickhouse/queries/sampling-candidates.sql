-- Contents of one stratum of a window that were not drawn, the most uncertain first (g of sampling 1.3), with their texts: only `most` of
-- them are kept while the window is read. Contents without text are left out: it was erased, or its days have run out. A text is cut at
-- 4,000 letters, which is enough to tell it from others. Equal ones in the order of the draw's hash, so that a stratum without a usable
-- score gives random ones. Parameters: those of one stratum (plan-parameters.ts); from, to of scored_at; most.
WITH
    candidates AS
    (
        WITH
            mapFromArrays({buckets:Array(String)}, {factors:Array(Float64)}) AS factor_of,
            arrayMap(category -> mapContains(probabilities[{channel:String}], category), {scored_by:Array(String)}) AS known,
            arrayMap(category -> toFloat64(probabilities[{channel:String}][category]), {scored_by:Array(String)}) AS category_scores,
            concat(language, '/', toString(kind), '/', platform) AS bucket,
            if(mapContains(factor_of, bucket), factor_of[bucket], {other_factor:Float64}) AS metadata_factor
        SELECT
            platform,
            content_id,
            revision,
            toString(kind) AS kind,
            language,
            text_hash,
            duplicate_key,
            conversation_hash,
            {multiplier:Float64} * metadata_factor * arraySum(arrayMap(
                (is_known, s, weight) -> if(is_known, weight * sqrt(s * (1 - s)), 0.),
                known, category_scores, {uncertainty_weights:Array(Float64)})) AS uncertainty,
            probabilities[{channel:String}] AS channel_probabilities,
            SHA256(concat({salt:String}, '|', platform, '/', content_id, '/', toString(revision))) AS order_of_equals
        FROM predictions
        WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
            AND mapContains(probabilities, {channel:String})
            AND has({languages:Array(String)}, language) != {languages_excluded:Bool}
            AND (platform, content_id, revision) NOT IN (
                SELECT platform, content_id, revision
                FROM sampling_drawn
                WHERE window_from = fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND channel = {channel:String})
        ORDER BY uncertainty DESC, order_of_equals, source_partition, source_offset
        LIMIT {most:UInt64}
    )
SELECT
    c.platform AS platform,
    c.content_id AS content_id,
    c.revision AS revision,
    c.kind AS kind,
    c.language AS language,
    c.duplicate_key AS duplicate_key,
    c.conversation_hash AS conversation_hash,
    c.uncertainty AS uncertainty,
    c.channel_probabilities AS probabilities,
    substringUTF8(t.text, 1, 4000) AS text
FROM candidates AS c
INNER JOIN
(
    SELECT platform, content_id, revision, text_hash, text
    FROM content
    WHERE (platform, content_id) IN (SELECT platform, content_id FROM candidates) AND text != ''
) AS t ON t.platform = c.platform AND t.content_id = c.content_id AND t.revision = c.revision AND t.text_hash = c.text_hash
ORDER BY uncertainty DESC, c.order_of_equals
LIMIT 1 BY platform, content_id, revision
