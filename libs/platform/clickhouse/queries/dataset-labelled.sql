-- The newest labels of one policy version before a cut, of a part of the revisions by hash, with what the registry knows of them, and their
-- texts: the newest of the content, else that of an earlier data set. An item whose text was gone when the registry came to it has no hash.
WITH wanted AS
(
    SELECT
        platform,
        content_id,
        revision,
        concat(platform, '/', content_id, '/', toString(revision)) AS item_key,
        argMaxIf(tuple(categories, is_settled, is_expert, toString(rule), resolved_at), record_offset, is_wanted) AS d,
        -- An expert settles once; passes and other people's answers say the label again later.
        minIf(resolved_at, is_expert) AS expert_since
    FROM
    (
        SELECT *, kind = 'DERIVED' AND policy_id = {policy_id:String} AND policy_version = {policy_version:Int32} AS is_wanted
        FROM dataset_labels
        WHERE record_offset < {until:UInt64} AND cityHash64(platform, content_id, revision) % {parts:UInt32} = {part:UInt32}
    )
    GROUP BY platform, content_id, revision
    HAVING countIf(is_wanted) > 0
),
registered AS
(
    SELECT item_key, text_hash, kind, language, author_hash
    FROM dataset_items FINAL
    WHERE source = 'labels' AND item_key IN (SELECT item_key FROM wanted)
)
SELECT
    w.item_key AS item_key,
    w.platform AS platform,
    mapApply((k, v) -> (k, tuple(toString(v.1), v.2)), mapFilter((k, v) -> v.1 != 'UNKNOWN', w.d.1)) AS labels,
    w.d.2 AS is_settled,
    if(w.d.3, toUnixTimestamp64Milli(w.expert_since), NULL) AS expert_since,
    w.d.4 AS rule,
    toUnixTimestamp64Milli(w.d.5) AS labelled_at,
    o.known.1 AS origin,
    o.known.2 AS inclusion,
    i.text_hash AS text_hash,
    i.kind AS kind,
    i.language AS language,
    i.author_hash AS author_hash,
    t.text AS text,
    if(t.text = '', e.known_text, '') AS earlier_text,
    toBool((w.platform, w.content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased
FROM wanted AS w
LEFT ANY JOIN
(
    SELECT
        platform,
        content_id,
        revision,
        -- The newest of before the cut; of a cut within a fill the one of that fill.
        argMax(tuple(toString(origin), inclusion), if(filled_until <= {until:UInt64}, toInt64(filled_until), -toInt64(filled_until))) AS known
    FROM dataset_origins
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM wanted)
    GROUP BY platform, content_id, revision
) AS o ON o.platform = w.platform AND o.content_id = w.content_id AND o.revision = w.revision
LEFT ANY JOIN registered AS i ON i.item_key = w.item_key
LEFT ANY JOIN
(
    SELECT platform, content_id, revision, text
    FROM content_submitted
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM wanted)
    ORDER BY record_offset DESC
    LIMIT 1 BY platform, content_id, revision
) AS t ON t.platform = w.platform AND t.content_id = w.content_id AND t.revision = w.revision
LEFT ANY JOIN
(
    SELECT lower(hex(text_hash)) AS hash, any(s.text) AS known_text
    FROM dataset_stored_rows AS s
    WHERE s.text != '' AND s.text_hash IN (SELECT toFixedString(unhex(text_hash), 16) FROM registered WHERE text_hash != '')
        AND (platform, content_id) NOT IN (SELECT platform, content_id FROM content_erased)
    GROUP BY hash
) AS e ON e.hash = i.text_hash
