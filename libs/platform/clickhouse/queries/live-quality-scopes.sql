-- Channels and categories of a window: what the bundles' policies know, for every channel that judged something in it; and how far
-- label.resolved and sampling.closed are readable. Parameters: from, to of scored_at.
SELECT
    judged.channel AS channel,
    arraySort(groupUniqArrayArray(if(notEmpty(p.categories), p.categories, mapKeys(b.thresholds)))) AS categories,
    (SELECT if(count() = 0, 0, max(record_offset) + 1) FROM label_resolved) AS labels_until,
    (SELECT if(count() = 0, 0, max(record_offset) + 1) FROM sampling_closed) AS draws_until
FROM
(
    SELECT DISTINCT assignment.channel AS channel, assignment.deployment_id AS deployment_id
    FROM prediction_scored
    ARRAY JOIN arrayFilter(a -> a.role != 'SHADOW', assignments) AS assignment
    WHERE scored_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND scored_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
) AS judged
INNER JOIN (SELECT deployment_id, policy_id, policy_version, thresholds FROM deployment_bundled FINAL) AS b ON b.deployment_id = judged.deployment_id
LEFT JOIN (SELECT policy_id, version, categories FROM policy_published FINAL) AS p ON p.policy_id = b.policy_id AND p.version = b.policy_version
GROUP BY judged.channel
ORDER BY channel
