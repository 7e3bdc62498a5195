-- What people said blind of one item, as patterns: people by their answers and the policies that asked, and the items with exactly these. Of items
-- outside the overlap sample only imported answers: there a third person is asked where two disagree, and agreement would look worse.
WITH concat({salt:String}, '|', platform, '/', content_id, '/', toString(revision)) AS hashed
SELECT people, count() AS items
FROM
(
    SELECT
        arraySort(groupArray((
            arraySort(arrayMap((question, answer) -> (question, toString(answer)), mapKeys(answers), mapValues(answers))),
            policies))) AS people
    FROM label_submissions
    WHERE counts AND labeler_role = 'REVIEWER' AND purpose = 'FRESH' AND (origin = 'IMPORTED'
        OR toFloat64(bitShiftRight(reinterpretAsUInt64(reverse(substring(SHA256(hashed), 1, 8))), 11)) / 9007199254740992. < {share:Float64})
    GROUP BY platform, content_id, revision
    HAVING length(people) > 1
)
GROUP BY people
ORDER BY people
