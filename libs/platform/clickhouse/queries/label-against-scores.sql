-- The newest settled labels of one policy version, by category, beside the probabilities that a channel's model gave before anybody labelled: they are
-- out of sample for this label.
SELECT platform, content_id, revision, labels, first_probabilities AS probabilities
FROM
(
    SELECT
        platform,
        content_id,
        revision,
        mapFromArrays(groupArray(category), groupArray(toString(label))) AS labels,
        max(resolved_at) AS newest
    FROM labels
    WHERE policy_id = {policy_id:String} AND policy_version = {policy_version:Int32} AND settled
    GROUP BY platform, content_id, revision
    ORDER BY newest DESC
    LIMIT {most:UInt64}
) AS l
INNER JOIN
(
    SELECT platform, content_id, revision, argMin(probabilities[{channel:String}], scored_at) AS first_probabilities
    FROM predictions
    WHERE mapContains(probabilities, {channel:String}) AND (platform, content_id) IN (SELECT platform, content_id FROM label_resolved)
    GROUP BY platform, content_id, revision
) AS p USING (platform, content_id, revision)
ORDER BY newest DESC, platform, content_id, revision
