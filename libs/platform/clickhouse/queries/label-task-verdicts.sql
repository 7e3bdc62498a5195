-- The verdicts of one revision, newest first, with the place where a request about them goes.
SELECT
    lower(hex(verdict_id)) AS verdict_id,
    channel,
    action,
    arraySort(mapKeys(mapFilter((category, c) -> c.action != 'ALLOW', categories))) AS flagged,
    lower(hex(text_hash)) AS text_hash,
    cause_id,
    lower(hex(ifNull(supersedes, ''))) AS supersedes,
    kind,
    record_partition
FROM verdict_issued
WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32}
ORDER BY issued_at DESC, record_offset DESC
LIMIT 1 BY verdict_id
