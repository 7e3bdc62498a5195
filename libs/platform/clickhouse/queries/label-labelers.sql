-- How much each reviewer answered of each question, how often in agreement with what is known now, and how often alike when asked again.
SELECT
    toString(labeler_id) AS labeler_id,
    question_key AS question,
    count() AS answers,
    countIf(answer = 'UNSURE') AS unsure,
    countIf(is_compared) AS compared,
    countIf(is_compared AND toString(answer) = toString(fact)) AS agreed,
    countIf(is_again) AS repeats,
    countIf(is_again AND answer = first_answer) AS consistent
FROM
(
    SELECT
        labeler_id,
        question_key,
        answer,
        first_answer,
        fact,
        purpose = 'REPEAT' AND record_offset > first_offset AS is_again,
        purpose != 'REPEAT' AND answer != 'UNSURE' AND toString(fact) IN ('YES', 'NO') AND votes > 0 AS is_compared
    FROM
    (
        SELECT
            platform, content_id, revision, question_key, labeler_id, purpose, answer, record_offset,
            first_value(answer) OVER person AS first_answer,
            first_value(record_offset) OVER person AS first_offset
        FROM label_votes
        WHERE labeler_role = 'REVIEWER'
        WINDOW person AS (PARTITION BY platform, content_id, revision, question_key, labeler_id ORDER BY record_offset)
    ) AS v
    LEFT JOIN (SELECT platform, content_id, revision, question_key, fact, votes FROM label_facts) AS f
        USING (platform, content_id, revision, question_key)
)
GROUP BY labeler_id, question
ORDER BY labeler_id, question
