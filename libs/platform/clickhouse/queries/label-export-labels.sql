-- Labels, a page after a place, item by item.
SELECT
    platform,
    content_id,
    revision,
    concat(policy_id, '@', toString(policy_version)) AS policy,
    category,
    toString(label) AS label,
    weight,
    decided_by,
    settled
FROM labels
WHERE (platform, content_id, revision, policy, category)
    > ({platform:String}, {content_id:String}, {revision:Int32}, {policy:String}, {category:String})
ORDER BY platform, content_id, revision, policy, category
LIMIT {most:UInt64}
