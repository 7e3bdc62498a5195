-- When runs of label-quality first drew some items for an audit, or found their labels suspicious.
SELECT platform, content_id, revision, min(toUnixTimestamp64Milli(run_at)) AS drawn_at
FROM
(
    SELECT platform, content_id, revision, run_at FROM labeler_audit_runs
    UNION ALL
    SELECT platform, content_id, revision, run_at FROM label_error_runs
)
WHERE (platform, content_id, revision) IN
(
    SELECT item.1, item.2, item.3
    FROM (SELECT arrayJoin(arrayZip({platforms:Array(String)}, {content_ids:Array(String)}, {revisions:Array(Int32)})) AS item)
)
GROUP BY platform, content_id, revision
