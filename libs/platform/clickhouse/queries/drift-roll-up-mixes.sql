-- Counts what the contents of an hour were, by channel and feature. Rows of a run are read only once the run is recorded in job_runs.
-- Parameters: from, to of scored_at; run_at.
INSERT INTO drift_mix_runs (hour, channel, feature, contents, counts, run_at)
SELECT
    toDateTime(fromUnixTimestamp64Milli({from:Int64}, 'UTC'), 'UTC') AS hour,
    channel,
    one.1 AS feature,
    sum(n) AS contents,
    sumMap(map(one.2, n)) AS counts,
    fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
FROM
(
    SELECT
        assignment.channel AS channel,
        language,
        platform,
        kind,
        -- Lower end of a range that doubles.
        toString(if(text_length = 0, 0, pow(2, floor(log2(text_length))))) AS length,
        if(notEmpty(disguises), arrayStringConcat(disguises, '+'), 'none') AS disguise,
        arrayFilter(name -> name != '', [
            if(p.obfuscation.zero_width > 0, 'zero_width', ''), if(p.obfuscation.bidi > 0, 'bidi', ''),
            if(p.obfuscation.confusable > 0, 'confusable', ''), if(p.obfuscation.mixed_script > 0, 'mixed_script', ''),
            if(p.obfuscation.leet > 0, 'leet', ''), if(p.obfuscation.spaced_letters > 0, 'spaced_letters', ''),
            if(p.obfuscation.repeats > 0, 'repeats', ''), if(p.obfuscation.encoded > 0, 'encoded', '')]) AS disguises,
        count() AS n
    FROM prediction_scored AS p FINAL
    ARRAY JOIN arrayFilter(a -> a.role != 'SHADOW', assignments) AS assignment
    WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    GROUP BY channel, language, platform, kind, length, disguises
    SETTINGS do_not_merge_across_partitions_select_final = 1
)
ARRAY JOIN [
    ('language', toString(language)), ('platform', toString(platform)), ('kind', toString(kind)), ('length', length),
    ('obfuscation', disguise)] AS one
GROUP BY channel, feature
