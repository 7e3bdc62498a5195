-- Revisions with labels, by policy version, as they are readable now, and when the first was given: what triggers look at.
SELECT
    assumeNotNull(policy_id) AS policy_id,
    assumeNotNull(policy_version) AS policy_version,
    uniqExact(platform, content_id, revision) AS items,
    toUnixTimestamp64Milli(min(resolved_at)) AS first_at
FROM label_resolved
WHERE kind = 'DERIVED' AND policy_id IS NOT NULL
GROUP BY policy_id, policy_version
