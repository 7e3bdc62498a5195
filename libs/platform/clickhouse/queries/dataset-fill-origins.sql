-- Why people were asked about the revisions that were labelled from one offset to another: the latest draw of each, else its first answer.
INSERT INTO dataset_origins
WITH items AS
(
    SELECT DISTINCT platform, content_id, revision
    FROM dataset_labels
    WHERE record_offset >= {from:UInt64} AND record_offset < {until:UInt64}
)
SELECT
    i.platform,
    i.content_id,
    i.revision,
    {until:UInt64} AS filled_until,
    multiIf(d.probability IS NOT NULL, 'DRAWN', d.draws > 0, 'TRAIN_ONLY', s.answers > 0, s.origin, 'OTHER') AS origin,
    d.probability AS inclusion
FROM items AS i
LEFT ANY JOIN
(
    SELECT
        platform,
        content_id,
        revision,
        count() AS draws,
        -- A null is passed over: a pick for training alone hides no draw.
        argMax(probability, (window_from, draw_id)) AS probability
    FROM sampling_closed
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM items)
    GROUP BY platform, content_id, revision
) AS d ON d.platform = i.platform AND d.content_id = i.content_id AND d.revision = i.revision
LEFT ANY JOIN
(
    SELECT platform, content_id, revision, count() AS answers, toString(argMin(origin, record_offset)) AS origin
    FROM label_submitted
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM items)
    GROUP BY platform, content_id, revision
) AS s ON s.platform = i.platform AND s.content_id = i.content_id AND s.revision = i.revision
