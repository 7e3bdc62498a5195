-- Known positives by category: contents whose label under the policy is yes, however they came to be labelled.
SELECT category, count() AS positives
FROM
(
    SELECT argMax(arrayFilter(c -> categories[c].value = 'YES', mapKeys(categories)), record_offset) AS positive
    FROM label_resolved
    WHERE kind = 'DERIVED' AND policy_id = {policy_id:String} AND policy_version = {policy_version:Int32}
    GROUP BY platform, content_id, revision
)
ARRAY JOIN positive AS category
GROUP BY category
