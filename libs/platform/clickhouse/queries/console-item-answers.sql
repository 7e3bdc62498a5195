-- What everybody answered about one item, question by question, and what it comes to.
SELECT
    v.question_key AS question,
    v.labeler_id AS labeler_id,
    v.labeler_role AS labeler_role,
    v.answer AS answer,
    v.purpose AS purpose,
    v.submitted_at AS submitted_at,
    f.fact AS fact,
    f.probability AS probability
FROM label_votes AS v
LEFT JOIN
(
    SELECT question_key, toNullable(fact) AS fact, probability
    FROM label_facts
    WHERE platform = {platform:String} AND content_id = {content_id:String} AND revision = {revision:Int32}
) AS f ON f.question_key = v.question_key
WHERE v.platform = {platform:String} AND v.content_id = {content_id:String} AND v.revision = {revision:Int32}
ORDER BY v.question_key, v.submitted_at, v.labeler_id
