-- Closed windows whose sums are missing, or have not seen all draws, or not all labels of these; oldest first. A costly window waits for its
-- next turn, so that labels that trickle in do not keep the engine busy. Parameters: since; closed_until, up to which sampling.closed is
-- readable; now.
WITH
    closed AS
    (
        SELECT window_from, window_to
        FROM job_runs FINAL
        WHERE job = 'sampling-close' AND window_to > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND run_at < fromUnixTimestamp64Milli({closed_until:Int64}, 'UTC')
    ),
    newest AS
    (
        SELECT d.window_from AS window_from, d.window_to AS window_to, max(d.record_offset) AS newest_draw, max(l.next_offset) AS labels_end
        FROM
        (
            SELECT platform, content_id, revision, window_from, window_to, record_offset
            FROM sampling_closed FINAL
            WHERE window_to > fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND origin = 'DRAWN'
        ) AS d
        LEFT JOIN
        (
            SELECT platform, content_id, revision, max(record_offset) + 1 AS next_offset
            FROM label_resolved
            WHERE kind = 'DERIVED'
            GROUP BY platform, content_id, revision
        ) AS l ON l.platform = d.platform AND l.content_id = d.content_id AND l.revision = d.revision
        GROUP BY window_from, window_to
    ),
    runs AS
    (
        SELECT window_from, window_to, labels_until, draws_until, toUnixTimestamp64Milli(run_at) + 100 * took_ms AS next_turn, toUInt8(1) AS has_run
        FROM live_quality_runs FINAL
    )
SELECT toUnixTimestamp64Milli(c.window_from) AS from, toUnixTimestamp64Milli(c.window_to) AS to
FROM closed AS c
LEFT JOIN runs AS r ON r.window_from = c.window_from AND r.window_to = c.window_to
LEFT JOIN newest AS n ON n.window_from = c.window_from AND n.window_to = c.window_to
WHERE r.has_run = 0
    OR (n.window_to = c.window_to AND (n.newest_draw >= r.draws_until OR (n.labels_end > r.labels_until AND {now:Int64} >= r.next_turn)))
ORDER BY from
