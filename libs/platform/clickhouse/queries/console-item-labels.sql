-- What the policies make of the answers about one item.
SELECT policy_id, policy_version, category, label, weight, decided_by, settled
FROM labels
WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32}
ORDER BY policy_id, policy_version DESC, category
