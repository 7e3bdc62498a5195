-- What is live in a channel: thresholds, which categories its model covers, and the policy whose labels count.
SELECT
    b.deployment_id AS deployment_id,
    b.policy_id AS policy_id,
    b.policy_version AS policy_version,
    if(notEmpty(p.categories), p.categories, arraySort(arrayDistinct(arrayConcat(mapKeys(b.thresholds), b.uncovered_categories)))) AS categories,
    arrayFilter(c -> mapContains(b.calibrators, c) AND NOT has(b.uncovered_categories, c), mapKeys(b.calibrators)) AS covered,
    mapApply((category, t) -> (category, coalesce(t.review, t.block)), b.thresholds) AS thresholds
FROM (SELECT * FROM deployment_changed FINAL WHERE channel = {channel:String} ORDER BY sequence DESC LIMIT 1) AS c
INNER JOIN (SELECT * FROM deployment_bundled FINAL) AS b ON b.deployment_id = c.live
LEFT JOIN (SELECT policy_id, version, categories FROM policy_published FINAL) AS p ON p.policy_id = b.policy_id AND p.version = b.policy_version
