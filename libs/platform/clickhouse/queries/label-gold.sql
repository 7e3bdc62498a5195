-- What reviewers answered on gold: items that were given to them because an expert's answer is known.
SELECT
    toString(labeler_id) AS labeler_id,
    platform,
    content_id,
    revision,
    mapApply((k, v) -> (k, toString(v)), answers) AS answers,
    policies
FROM label_submissions
WHERE purpose = 'GOLD' AND labeler_role = 'REVIEWER' AND outcome = 'ANSWERED'
ORDER BY record_offset
