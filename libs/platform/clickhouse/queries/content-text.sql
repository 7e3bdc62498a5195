-- The text of one revision, as a verdict or a task names it. Empty when it was erased or has run out its days.
SELECT text, kind
FROM content
WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32} AND text_hash = {text_hash:String}
ORDER BY record_offset DESC
LIMIT 1
