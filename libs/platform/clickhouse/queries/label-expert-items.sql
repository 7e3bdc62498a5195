-- The newest items that an expert answered, with every answer that counts, as (offset, labeler, is expert, answers, policies) in order.
SELECT
    platform,
    content_id,
    revision,
    arraySort(said -> said.1, groupArray((record_offset, toString(labeler_id), labeler_role = 'EXPERT', mapApply((k, v) -> (k, toString(v)), answers), policies))) AS said
FROM label_submissions
WHERE counts
GROUP BY platform, content_id, revision
HAVING max(labeler_role = 'EXPERT') = 1
ORDER BY max(record_offset) DESC
LIMIT {most:UInt64}
