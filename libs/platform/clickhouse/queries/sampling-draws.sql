-- The draws of a window, each once.
SELECT
    lower(hex(d.draw_id)) AS id,
    d.plan_id AS plan_id,
    d.platform AS platform,
    d.content_id AS content_id,
    d.revision AS revision,
    d.team AS team,
    d.probability AS probability,
    toString(d.kind) AS kind,
    d.language AS language,
    lower(hex(d.duplicate_key)) AS duplicate_key,
    lower(hex(d.conversation_hash)) AS conversation_hash
FROM sampling_drawn AS d FINAL
WHERE d.window_from = fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND d.window_to = fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    AND d.scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND d.scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    AND d.channel = {channel:String}
ORDER BY id
LIMIT 1 BY id
