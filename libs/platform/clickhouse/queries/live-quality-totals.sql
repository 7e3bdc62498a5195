-- Sums of the categories of one channel over a window and its slices, from which live_quality follows: those of estimate-quality.ts.
-- estimation_rows is every content that could be drawn, with its scores m and decisions h, one for each category; label_rows are the draws.
-- What was not drawn by chance (reports, appeals, imports, red-team finds, train-only picks) has no way in: the only labels that count are
-- those of contents that sampling_closed holds as DRAWN with a probability. Groups of copies may be many: beyond 256 MiB they are added up on
-- disk.
-- Parameters: channel, categories; reference, the channel whose scores drew; languages that the plan draws, or, when languages_excluded, all
-- others; from, to of scored_at; run_at.
INSERT INTO live_quality_totals (
    channel, category, window_from, window_to, slice_by, slice_value, contents, flagged, drawn, labels, flagged_labels, positive_labels, silent_draws,
    weights, squared_weights, maximum_weight, flagged_weights, positive_weights, flagged_positive_weights, squared_flagged_weights,
    squared_positive_weights, positives, true_positives, squares, flagged_squares, nn, ff, bb, aa, bn, af, ab, run_at)
WITH
    fromUnixTimestamp64Milli({from:Int64}, 'UTC') AS begin,
    fromUnixTimestamp64Milli({to:Int64}, 'UTC') AS end,
    bundles AS
    (
        SELECT
            deployment_id,
            policy_id,
            policy_version,
            -- A category without thresholds never acts: no probability reaches 2.
            arrayMap(c -> toFloat64(coalesce(thresholds[c].review, thresholds[c].block, 2.)), {categories:Array(String)}) AS least
        FROM deployment_bundled FINAL
    ),
    draws AS
    (
        SELECT platform, content_id, revision, assumeNotNull(probability) AS probability, concat(ifNull(team, ''), '/', language) AS queue_stratum
        FROM sampling_closed FINAL
        WHERE window_from = begin AND window_to = end AND channel = {reference:String} AND origin = 'DRAWN'
            AND isNotNull(probability) AND probability > 0 AND probability <= 1
        ORDER BY draw_id
        LIMIT 1 BY platform, content_id, revision
    ),
    derived AS
    (
        SELECT
            platform,
            content_id,
            revision,
            ifNull(policy_id, '') AS label_policy_id,
            ifNull(policy_version, 0) AS label_policy_version,
            -- The first value of an enumeration is what a missing key gives: a label that is not there must not become a yes.
            argMax(arrayMap(c -> if(is_settled AND mapContains(categories, c),
                multiIf(categories[c].value = 'YES', 1, categories[c].value = 'NO', 0, -1), -1), {categories:Array(String)}), record_offset) AS answers
        FROM label_resolved
        WHERE kind = 'DERIVED' AND (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM draws)
        GROUP BY platform, content_id, revision, label_policy_id, label_policy_version
    ),
    estimation_rows AS
    (
        SELECT
            s.platform AS platform,
            s.content_id AS content_id,
            s.revision AS revision,
            s.kind AS kind,
            s.language AS language,
            s.duplicate_group AS duplicate_group,
            s.m AS m,
            arrayMap((score, threshold) -> toFloat64(score >= threshold), s.m, b.least) AS h,
            b.policy_id AS policy_id,
            b.policy_version AS policy_version
        FROM
        (
            SELECT
                platform,
                content_id,
                revision,
                kind,
                language,
                if(duplicate_key = unhex('0000000000000000'), sipHash64(platform, content_id, revision), reinterpretAsUInt64(duplicate_key)) AS duplicate_group,
                arrayFirst(a -> a.channel = {channel:String} AND a.role != 'SHADOW', assignments) AS assignment,
                assignment.deployment_id AS deployment_id,
                arrayMap(c -> toFloat64(assignment.probabilities[c]), {categories:Array(String)}) AS m
            FROM prediction_scored FINAL
            WHERE scored_at >= begin AND scored_at < end
                AND has({languages:Array(String)}, language) != {languages_excluded:Bool}
                AND arrayExists(a -> a.channel = {channel:String} AND a.role != 'SHADOW', assignments)
                AND arrayExists(a -> a.channel = {reference:String} AND a.role != 'SHADOW', assignments)
            SETTINGS do_not_merge_across_partitions_select_final = 1
        ) AS s
        INNER JOIN bundles AS b ON b.deployment_id = s.deployment_id
    ),
    label_rows AS
    (
        SELECT
            e.platform AS platform, e.kind AS kind, e.language AS language, e.duplicate_group AS duplicate_group, e.m AS m, e.h AS h,
            d.probability AS probability,
            d.queue_stratum AS queue_stratum,
            arrayMap(c -> if(l.label_policy_id != '', l.answers[c], -1), arrayEnumerate(m)) AS answer,
            arrayMap(a -> toFloat64(a >= 0), answer) AS is_labelled,
            -- Missing labels are missing at random within a stratum of the queue, because draws are served by hash.
            arrayMap(labelled -> labelled / count() OVER (PARTITION BY queue_stratum), sumForEach(is_labelled) OVER (PARTITION BY queue_stratum)) AS labelling
        FROM (SELECT * FROM estimation_rows WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM draws)) AS e
        INNER JOIN draws AS d ON d.platform = e.platform AND d.content_id = e.content_id AND d.revision = e.revision
        LEFT JOIN derived AS l ON l.platform = e.platform AND l.content_id = e.content_id AND l.revision = e.revision
            AND l.label_policy_id = e.policy_id AND l.label_policy_version = e.policy_version
    ),
    weighted AS
    (
        SELECT
            *,
            arrayMap((labelled, share) -> if(labelled = 1, 1 / (probability * share), 0.), is_labelled, labelling) AS w,
            -- w (y - m): what a label adds to the score.
            arrayMap((weight, a, score) -> weight * (a - score), w, answer, m) AS correction
        FROM label_rows
    ),
    -- Most contents resemble no other one: only copies have to be added up by group before squares are taken.
    copies AS
    (
        SELECT reinterpretAsUInt64(duplicate_key)
        FROM prediction_scored
        WHERE scored_at >= begin AND scored_at < end AND duplicate_key != unhex('0000000000000000')
        GROUP BY duplicate_key
        HAVING count() > 1
    ),
    cells AS
    (
        SELECT
            platform, kind, language, duplicate_group IN copies AS is_copy, if(is_copy, duplicate_group, 0) AS copy_group,
            count() AS n, sumForEach(h) AS f, sumForEach(z) AS b, sumForEach(arrayMap((x, y) -> x * y, h, z)) AS a,
            sumForEach(arrayMap(y -> y * y, z)) AS z2, sumForEach(arrayMap((x, y) -> x * y * y, h, z)) AS hz2
        FROM
        (
            SELECT platform, kind, language, duplicate_group, h, m AS z
            FROM estimation_rows
            WHERE (platform, content_id, revision) NOT IN (SELECT platform, content_id, revision FROM draws)
            UNION ALL
            SELECT platform, kind, language, duplicate_group, h, arrayMap((x, y) -> x + y, m, correction) FROM weighted
        )
        GROUP BY platform, kind, language, is_copy, copy_group
    ),
    group_sums AS
    (
        SELECT
            slice.1 AS slice_by, slice.2 AS slice_value, is_copy, copy_group, toFloat64(sum(n)) AS n,
            sumForEach(f) AS f, sumForEach(b) AS b, sumForEach(a) AS a, sumForEach(z2) AS z2, sumForEach(hz2) AS hz2
        FROM cells
        ARRAY JOIN [
            (0, toLowCardinality('')), (1, language), (2, platform), (3, toLowCardinality(toString(kind)))] AS slice
        GROUP BY slice_by, slice_value, is_copy, copy_group
    ),
    groups AS
    (
        SELECT
            slice_by, slice_value, sum(n) AS contents, sum(if(is_copy, n * n, n)) AS nn,
            sumForEach(f) AS flagged, sumForEach(b) AS positives, sumForEach(a) AS true_positives,
            -- A content alone has n = 1, f = h, b = z and a = h z.
            sumForEach(if(is_copy, arrayMap(x -> x * x, f), f)) AS ff,
            sumForEach(if(is_copy, arrayMap(x -> x * x, b), z2)) AS bb,
            sumForEach(if(is_copy, arrayMap(x -> x * x, a), hz2)) AS aa,
            sumForEach(if(is_copy, arrayMap(x -> x * n, b), b)) AS bn,
            sumForEach(if(is_copy, arrayMap((x, y) -> x * y, a, f), a)) AS af,
            sumForEach(if(is_copy, arrayMap((x, y) -> x * y, a, b), hz2)) AS ab
        FROM group_sums
        GROUP BY slice_by, slice_value
    ),
    samples AS
    (
        SELECT
            slice.1 AS slice_by, slice.2 AS slice_value, category,
            count() AS drawn, countIf(one_answer >= 0) AS labels, countIf(one_answer >= 0 AND one_h = 1) AS flagged_labels, countIf(one_answer = 1) AS positive_labels,
            countIf(one_share = 0) AS silent_draws,
            sum(one_w) AS weights, sum(one_w * one_w) AS squared_weights, max(one_w) AS maximum_weight,
            sum(one_h * one_w) AS flagged_weights, sumIf(one_w, one_answer = 1) AS positive_weights, sumIf(one_h * one_w, one_answer = 1) AS flagged_positive_weights,
            sum(one_h * one_w * one_w) AS squared_flagged_weights, sumIf(one_w * one_w, one_answer = 1) AS squared_positive_weights,
            -- (1 - p) w^2 (y - m)^2
            sumIf((1 - 1 / one_w) * one_correction * one_correction, one_w > 0) AS squares,
            sumIf(one_h * (1 - 1 / one_w) * one_correction * one_correction, one_w > 0) AS flagged_squares
        FROM
        (
            SELECT platform, kind, language, category, one_answer, one_share, one_w, one_h, one_correction
            FROM weighted
            ARRAY JOIN {categories:Array(String)} AS category, answer AS one_answer, labelling AS one_share, w AS one_w, h AS one_h, correction AS one_correction
        )
        ARRAY JOIN [
            (0, toLowCardinality('')), (1, language), (2, platform), (3, toLowCardinality(toString(kind)))] AS slice
        GROUP BY slice_by, slice_value, category
    )
SELECT
    {channel:String}, g.category, begin, end, CAST(g.slice_by, 'Enum8(\'all\' = 0, \'language\' = 1, \'platform\' = 2, \'kind\' = 3)'),
    g.slice_value, toUInt64(g.contents), toUInt64(g.flagged), s.drawn, s.labels, s.flagged_labels, s.positive_labels, s.silent_draws,
    s.weights, s.squared_weights, s.maximum_weight, s.flagged_weights, s.positive_weights, s.flagged_positive_weights, s.squared_flagged_weights,
    s.squared_positive_weights, g.positives, g.true_positives, s.squares, s.flagged_squares, g.nn, g.ff, g.bb, g.aa, g.bn, g.af, g.ab,
    fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
FROM
(
    SELECT slice_by, slice_value, contents, nn, category, flagged, positives, true_positives, ff, bb, aa, bn, af, ab
    FROM groups
    ARRAY JOIN {categories:Array(String)} AS category, flagged, positives, true_positives, ff, bb, aa, bn, af, ab
) AS g
LEFT JOIN samples AS s ON s.slice_by = g.slice_by AND s.slice_value = g.slice_value AND s.category = g.category
SETTINGS max_bytes_before_external_group_by = 268435456, max_memory_usage = 3000000000
