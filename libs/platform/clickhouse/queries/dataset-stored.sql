-- Rows of a data set from one place to another, as they are stored; the text of erased contents is empty.
SELECT
    ordinal,
    row_key,
    toBool((s.platform, s.content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased,
    if(erased, '', s.text) AS text,
    lower(hex(s.text_hash)) AS text_hash,
    toString(s.language) AS language,
    toString(s.platform) AS platform,
    toString(s.kind) AS kind,
    toString(s.split) AS split,
    group_key,
    group_size,
    mapApply((k, v) -> (k, tuple(toInt8(v.1), v.2)), s.labels) AS labels,
    weight,
    inclusion,
    toString(s.origin) AS origin,
    is_gold,
    toString(s.source) AS source,
    author_hash,
    if(s.labelled_at IS NULL, NULL, toUnixTimestamp64Milli(assumeNotNull(s.labelled_at))) AS labelled_at,
    lower(hex(row_hash)) AS row_hash
FROM dataset_stored_rows AS s FINAL
WHERE dataset_id = {dataset_id:String} AND ordinal >= {from:UInt32} AND ordinal < {to:UInt32}
ORDER BY ordinal
