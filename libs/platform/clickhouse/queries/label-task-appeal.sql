-- What somebody wrote in a report or an appeal. No row while the warehouse has not seen it.
SELECT reason
FROM content_reported
WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32} AND report_id = {report_id:String}
ORDER BY record_offset DESC
LIMIT 1
