-- What reviewers answered since a moment, beside the probabilities that a channel's model had given, for the 10 + 10 audit.
SELECT labeler_id, platform, content_id, revision, answers, policies, first_probabilities AS probabilities
FROM
(
    SELECT
        toString(labeler_id) AS labeler_id,
        platform,
        content_id,
        revision,
        mapApply((k, v) -> (k, toString(v)), answers) AS answers,
        policies,
        record_offset
    FROM label_submissions
    WHERE counts AND labeler_role = 'REVIEWER' AND submitted_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND submitted_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
    ORDER BY record_offset DESC
    LIMIT {most:UInt64}
) AS s
INNER JOIN
(
    SELECT platform, content_id, revision, argMin(probabilities[{channel:String}], scored_at) AS first_probabilities
    FROM predictions
    WHERE mapContains(probabilities, {channel:String}) AND (platform, content_id) IN (SELECT platform, content_id FROM label_submitted)
    GROUP BY platform, content_id, revision
) AS p USING (platform, content_id, revision)
ORDER BY labeler_id, record_offset
