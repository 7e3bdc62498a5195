-- All answers to one question that count, item by item, each as (labeler, answer, is expert) in the order in which they came, of one of so many
-- parts of the items.
-- A sub-level was not asked where a question above it was answered NO, and is NO there: `above` are these questions, `policies` those that ask
-- the sub-level.
SELECT
    platform,
    content_id,
    revision,
    arrayMap(vote -> (vote.2, vote.3, vote.4),
        arraySort(groupArray((record_offset, toString(labeler_id), if(said = '', 'NO', said), is_expert)))) AS votes
FROM
(
    SELECT
        platform,
        content_id,
        revision,
        labeler_id,
        labeler_role = 'EXPERT' AS is_expert,
        record_offset,
        CAST(answers, 'Map(String, String)') AS given,
        given[{question:String}] AS said
    FROM label_submissions
    WHERE counts AND record_offset <= {until:UInt64}
        AND cityHash64(platform, content_id, revision) % {parts:UInt32} = {part:UInt32}
        AND (said != '' OR (hasAny(policies, {policies:Array(String)}) AND arrayExists(key -> given[key] = 'NO', {above:Array(String)})))
)
GROUP BY platform, content_id, revision
ORDER BY min(record_offset)
