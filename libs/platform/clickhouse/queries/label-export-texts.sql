-- The newest texts of some revisions, by parallel arrays; none of erased contents.
SELECT platform, content_id, revision, argMax(text, record_offset) AS newest_text
FROM content
WHERE (platform, content_id, revision) IN (
    SELECT arrayJoin(arrayZip({platforms:Array(String)}, {content_ids:Array(String)}, {revisions:Array(Int32)})))
GROUP BY platform, content_id, revision
