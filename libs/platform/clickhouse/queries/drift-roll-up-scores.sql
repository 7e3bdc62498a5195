-- Counts the scores of an hour by channel, model, category and slice. Rows of a run are read only once the run is recorded in job_runs.
-- Parameters: from, to of scored_at; run_at.
INSERT INTO drift_score_runs (
    hour, channel, model_id, category, slice_by, slice_value, contents, histogram, probabilities, logits, squared_logits, flagged, probability,
    flagged_probability, spread, flagged_spread, run_at)
WITH
    judged AS
    (
        SELECT
            language,
            platform,
            kind,
            assignment.channel AS channel,
            assignment.model_id AS model_id,
            assignment.deployment_id AS deployment_id,
            assignment.probabilities AS probabilities,
            arrayFirst(one -> one.model_id = assignment.model_id, scores).logits AS logits
        FROM prediction_scored FINAL
        ARRAY JOIN arrayFilter(a -> a.role != 'SHADOW', assignments) AS assignment
        WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
        SETTINGS do_not_merge_across_partitions_select_final = 1
    ),
    -- First by all that slices ask for, so that a content is looked at once for all its slices.
    cells AS
    (
        SELECT
            language, platform, kind, channel, model_id, category,
            toUInt8(least(79, greatest(0, floor((toFloat64(logit) + 10) / 0.25)))) AS bin,
            count() AS n,
            sum(toFloat64(logit)) AS x,
            sum(toFloat64(logit) * toFloat64(logit)) AS xx,
            countIf(is_flagged) AS f,
            sum(m) AS p,
            sumIf(m, is_flagged) AS fp,
            sum(m * (1 - m)) AS v,
            sumIf(m * (1 - m), is_flagged) AS fv
        FROM
        (
            SELECT
                j.language AS language, j.platform AS platform, j.kind AS kind, j.channel AS channel, j.model_id AS model_id, category, logit,
                toFloat64(j.probabilities[category]) AS m,
                -- A category without thresholds never acts: no probability reaches 2.
                m >= coalesce(b.thresholds[category].review, b.thresholds[category].block, 2.) AS is_flagged
            FROM judged AS j
            LEFT JOIN (SELECT deployment_id, thresholds FROM deployment_bundled FINAL) AS b ON b.deployment_id = j.deployment_id
            ARRAY JOIN mapKeys(j.logits) AS category, mapValues(j.logits) AS logit
            WHERE mapContains(j.probabilities, category)
        )
        GROUP BY language, platform, kind, channel, model_id, category, bin
    )
SELECT
    toDateTime(fromUnixTimestamp64Milli({from:Int64}, 'UTC'), 'UTC') AS hour,
    channel,
    model_id,
    category,
    CAST(slice.1, 'Enum8(\'all\' = 0, \'language\' = 1, \'platform\' = 2, \'kind\' = 3)') AS slice_by,
    slice.2 AS slice_value,
    sum(n) AS contents,
    arrayMap(i -> sumMap(map(bin, n))[toUInt8(i)], range(80)) AS histogram,
    arrayMap(i -> sumMap(map(bin, p))[toUInt8(i)], range(80)) AS probabilities,
    sum(x), sum(xx), sum(f), sum(p), sum(fp), sum(v), sum(fv),
    fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
FROM cells
ARRAY JOIN [(0, toLowCardinality('')), (1, language), (2, platform), (3, toLowCardinality(toString(kind)))] AS slice
GROUP BY channel, model_id, category, slice_by, slice_value
