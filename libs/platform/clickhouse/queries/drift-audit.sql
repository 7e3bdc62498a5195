-- Kolmogorov-Smirnov D and Wasserstein-1 distance of the raw logits of two windows, one value at a time: what drift_scores gives from counters.
-- For audits: it keeps every value in memory, so take a window of at most some 100,000 contents.
-- Parameters: channel, model_id, category; language, empty for all; reference_from, reference_to, from, to of scored_at.
WITH
    scored AS
    (
        SELECT
            toFloat64(arrayFirst(one -> one.model_id = {model_id:String}, scores).logits[{category:String}]) AS logit,
            scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AS is_current,
            scored_at >= fromUnixTimestamp64Milli({reference_from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({reference_to:Int64}, 'UTC') AS is_reference
        FROM prediction_scored FINAL
        WHERE (is_current OR is_reference)
            AND arrayExists(a -> a.channel = {channel:String} AND a.role != 'SHADOW' AND a.model_id = {model_id:String}
                AND mapContains(a.probabilities, {category:String}), assignments)
            AND ({language:String} = '' OR language = {language:String})
        SETTINGS do_not_merge_across_partitions_select_final = 1
    ),
    sizes AS (SELECT countIf(is_reference) AS n0, countIf(is_current) AS n1 FROM scored),
    points AS (SELECT logit, countIf(is_reference) AS r, countIf(is_current) AS c FROM scored GROUP BY logit),
    steps AS
    (
        SELECT
            abs(sum(r) OVER (ORDER BY logit) / (SELECT n0 FROM sizes) - sum(c) OVER (ORDER BY logit) / (SELECT n1 FROM sizes)) AS gap,
            leadInFrame(logit, 1, logit) OVER (ORDER BY logit ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) - logit AS step
        FROM points
    )
SELECT
    (SELECT n0 FROM sizes) AS reference_contents,
    (SELECT n1 FROM sizes) AS contents,
    max(gap) AS kolmogorov_smirnov,
    sum(gap * step) AS wasserstein
FROM steps
