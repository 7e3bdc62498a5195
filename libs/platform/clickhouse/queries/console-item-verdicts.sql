-- Verdicts that hold for one item.
SELECT verdict_id, channel, action
FROM verdicts
WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32} AND current
ORDER BY channel
