-- Questions that were answered.
SELECT arrayJoin(mapKeys(answers)) AS question, count() AS votes
FROM label_submitted
WHERE record_offset <= {until:UInt64} AND outcome = 'ANSWERED'
GROUP BY question
ORDER BY question
