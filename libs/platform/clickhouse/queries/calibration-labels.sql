-- The labelled draws of closed windows with the logits that one model gave them: what calibration is fitted on (calibration 3.4).
-- What was not drawn by chance (reports, appeals, imports, red-team finds, train-only picks) has no way in: only draws with a probability count.
-- Parameters: reference, the channel whose scores drew; model_id; policy_id and policy_version, whose labels count; categories; from, to:
-- windows that end in it.
WITH
    draws AS
    (
        SELECT
            platform, content_id, revision, window_from, window_to, language, lower(hex(duplicate_key)) AS duplicates,
            assumeNotNull(probability) AS probability, concat(ifNull(team, ''), '/', language) AS queue_stratum
        FROM sampling_closed FINAL
        WHERE window_to > fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND window_to <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
            AND channel = {reference:String} AND origin = 'DRAWN' AND isNotNull(probability) AND probability > 0 AND probability <= 1
        ORDER BY window_from, draw_id
        LIMIT 1 BY platform, content_id, revision
    ),
    derived AS
    (
        SELECT
            platform,
            content_id,
            revision,
            toUInt8(1) AS has_label,
            -- The first value of an enumeration is what a missing key gives: a label that is not there must not become a yes.
            argMax(arrayMap(c -> if(is_settled AND mapContains(categories, c),
                multiIf(categories[c].value = 'YES', 1, categories[c].value = 'NO', 0, -1), -1), {categories:Array(String)}), record_offset) AS answers
        FROM label_resolved
        WHERE kind = 'DERIVED' AND policy_id = {policy_id:String} AND policy_version = {policy_version:Int32}
            AND (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM draws)
        GROUP BY platform, content_id, revision
    ),
    label_rows AS
    (
        SELECT
            d.platform AS platform, d.content_id AS content_id, d.revision AS revision, d.language AS language, d.duplicates AS duplicates,
            d.window_from AS window_from, d.window_to AS window_to, d.probability AS probability,
            arrayMap(c -> if(l.has_label = 1, l.answers[c], -1), arrayEnumerate({categories:Array(String)})) AS answers,
            arrayMap(a -> toFloat64(a >= 0), answers) AS is_labelled,
            -- Missing labels are missing at random within a stratum of the queue, because draws are served by hash.
            arrayMap(labelled -> labelled / count() OVER (PARTITION BY d.window_from, d.queue_stratum),
                sumForEach(is_labelled) OVER (PARTITION BY d.window_from, d.queue_stratum)) AS labelling
        FROM draws AS d
        LEFT JOIN derived AS l ON l.platform = d.platform AND l.content_id = d.content_id AND l.revision = d.revision
    ),
    scored AS
    (
        SELECT
            p.platform AS platform,
            p.content_id AS content_id,
            p.revision AS revision,
            argMax(toUnixTimestamp64Milli(p.scored_at), p.record_offset) AS scored_ms,
            -- Of several tiers the highest decided.
            argMax(arraySort(s -> -toInt8(s.tier), arrayFilter(s -> s.model_id = {model_id:String}, p.scores))[1].logits, p.record_offset) AS logits
        FROM
        (
            SELECT platform, content_id, revision, scored_at, scores, record_offset
            FROM prediction_scored
            -- A window is at most a day long.
            WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') - INTERVAL 1 DAY AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
                AND arrayExists(s -> s.model_id = {model_id:String}, scores)
                AND (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM label_rows WHERE arrayExists(x -> x = 1, is_labelled))
        ) AS p
        INNER JOIN label_rows AS d ON d.platform = p.platform AND d.content_id = p.content_id AND d.revision = p.revision
        -- A model that scored it again later may have learned from its label.
        WHERE p.scored_at >= d.window_from AND p.scored_at < d.window_to
        GROUP BY platform, content_id, revision
    )
SELECT
    r.platform AS platform,
    r.content_id AS content_id,
    r.revision AS revision,
    r.language AS language,
    if(r.duplicates = '0000000000000000', '', r.duplicates) AS duplicate_key,
    s.scored_ms AS scored_at,
    r.probability AS probability,
    arrayMap(c -> if(mapContains(s.logits, c), toNullable(toFloat64(s.logits[c])), NULL), {categories:Array(String)}) AS logits,
    r.answers AS answers,
    r.labelling AS labelling
FROM label_rows AS r
INNER JOIN scored AS s ON s.platform = r.platform AND s.content_id = r.content_id AND s.revision = r.revision
ORDER BY s.scored_ms, platform, content_id, revision
