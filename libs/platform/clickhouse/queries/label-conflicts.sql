-- Near-duplicate groups on which people disagree, as the reports of the newest data sets of a policy version name them: each member that was
-- labelled here, how many members say of some category what it says, at the least, and when a data set first named it.
WITH newest AS
(
    SELECT argMax(dataset_id, published_at) AS dataset_id
    FROM dataset_published FINAL
    WHERE kind = 'BUILT' AND policy_id = {policy_id:String} AND policy_version = {policy_version:Int32}
    GROUP BY name
),
named AS
(
    SELECT
        c.1 AS group_key,
        arrayJoin(arrayConcat(arrayMap(k -> (k, length(c.2)), c.2), arrayMap(k -> (k, length(c.3)), c.3))) AS member,
        dataset_id IN (SELECT dataset_id FROM newest) AS is_newest,
        published_at
    FROM
    (
        SELECT
            dataset_id,
            published_at,
            arrayJoin(JSONExtract(report, 'relabel', 'Array(Tuple(group String, yes Array(String), no Array(String)))')) AS c
        FROM dataset_stored_reports AS r FINAL
        INNER JOIN (SELECT dataset_id, published_at FROM dataset_published FINAL WHERE kind = 'BUILT') AS d USING dataset_id
    )
)
SELECT
    group_key,
    platform,
    content_id,
    revision,
    min(if(is_newest, member.2, NULL)) AS alike,
    toUnixTimestamp64Milli(min(published_at)) AS named_at
FROM named
INNER JOIN
(
    SELECT DISTINCT platform, content_id, revision, concat(platform, '/', content_id, '/', toString(revision)) AS item_key
    FROM dataset_labels
) AS l ON l.item_key = member.1
GROUP BY group_key, platform, content_id, revision
HAVING countIf(is_newest) > 0
ORDER BY group_key, alike, platform, content_id, revision
