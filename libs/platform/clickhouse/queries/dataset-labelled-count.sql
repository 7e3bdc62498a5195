-- Revisions that one policy version has labels of before a cut.
SELECT uniqExact(platform, content_id, revision) AS items
FROM dataset_labels
WHERE kind = 'DERIVED' AND policy_id = {policy_id:String} AND policy_version = {policy_version:Int32} AND record_offset < {until:UInt64}
