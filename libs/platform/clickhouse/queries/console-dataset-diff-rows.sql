-- The first rows that came, went or got other labels between two data sets, without their text. An empty change means any.
SELECT change, reason, row_key, language, source, said_before, said_after
FROM
(
    SELECT
        if(b.row_key = '', 'ADDED', if(a.row_key = '', 'REMOVED', 'RELABELLED')) AS change,
        if(a.row_key = '', b.row_key, a.row_key) AS row_key,
        if(a.row_key = '', b.language, a.language) AS language,
        if(a.row_key = '', b.source, a.source) AS source,
        b.said AS said_before,
        a.said AS said_after,
        multiIf(
            change = 'REMOVED' AND b.erased, 'ERASED',
            change = 'REMOVED' AND row_key IN (SELECT row_key FROM dataset_left_out WHERE dataset_id = {after:String}), 'TEXT_GONE',
            change = 'ADDED' AND source NOT IN (SELECT source FROM dataset_rows WHERE dataset_id = {before:String}), 'SOURCE',
            change = 'REMOVED' AND source NOT IN (SELECT source FROM dataset_rows WHERE dataset_id = {after:String}), 'SOURCE',
            change = 'ADDED' AND a.labelled_at > fromUnixTimestamp64Milli({before_at:Int64}), 'NEW_LABEL',
            change = 'RELABELLED' AND a.labelled_at != b.labelled_at, 'NEW_LABEL',
            change = 'ADDED' AND a.group_key IN (SELECT group_key FROM dataset_rows WHERE dataset_id = {before:String}), 'GROUP',
            change = 'REMOVED' AND b.group_key IN (SELECT group_key FROM dataset_rows WHERE dataset_id = {after:String}), 'GROUP',
            {is_other_policy:Bool}, 'POLICY',
            {is_other_recipe:Bool}, 'RECIPE',
            'UNKNOWN') AS reason
    FROM
    (
        SELECT row_key, language, source, group_key, labelled_at, erased, mapSort(mapApply((k, v) -> (k, toString(v.value)), labels)) AS said
        FROM dataset_rows
        WHERE dataset_id = {before:String}
    ) AS b
    FULL OUTER JOIN
    (
        SELECT row_key, language, source, group_key, labelled_at, erased, mapSort(mapApply((k, v) -> (k, toString(v.value)), labels)) AS said
        FROM dataset_rows
        WHERE dataset_id = {after:String}
    ) AS a ON a.row_key = b.row_key
    WHERE a.row_key = '' OR b.row_key = '' OR a.said != b.said
)
WHERE change = {change:String} OR {change:String} = ''
ORDER BY change != 'RELABELLED', row_key
LIMIT {limit:UInt32}
