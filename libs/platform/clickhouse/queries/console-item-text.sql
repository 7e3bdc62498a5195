-- The text of one revision as it was published last. Empty when it was erased or has run out its days.
SELECT text, kind
FROM content
WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32}
ORDER BY record_offset DESC
LIMIT 1
