-- The next labelled revisions that the registry does not have, in the order of the journal, with their newest text and prediction.
WITH wanted AS
(
    SELECT platform, content_id, revision, min(record_offset) AS first_offset
    FROM dataset_labels
    WHERE record_offset < {until:UInt64}
    GROUP BY platform, content_id, revision
    HAVING first_offset > {after:Int64}
    ORDER BY first_offset
    LIMIT {most:UInt32}
)
SELECT
    w.first_offset AS first_offset,
    concat(w.platform, '/', w.content_id, '/', toString(w.revision)) AS item_key,
    c.text AS text,
    toString(c.kind) AS kind,
    p.language AS language,
    lower(hex(ifNull(p.author_hash, ''))) AS author_hash
FROM wanted AS w
LEFT ANY JOIN
(
    SELECT
        platform,
        content_id,
        revision,
        kind,
        if((platform, content_id) IN (SELECT platform, content_id FROM content_erased), '', text) AS text
    FROM content_submitted
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM wanted)
    ORDER BY record_offset DESC
    LIMIT 1 BY platform, content_id, revision
) AS c ON c.platform = w.platform AND c.content_id = w.content_id AND c.revision = w.revision
LEFT ANY JOIN
(
    SELECT platform, content_id, revision, language, author_hash
    FROM prediction_scored
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM wanted)
    ORDER BY record_offset DESC
    LIMIT 1 BY platform, content_id, revision
) AS p ON p.platform = w.platform AND p.content_id = w.content_id AND p.revision = w.revision
ORDER BY first_offset
