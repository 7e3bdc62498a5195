-- Rows of a data set, of one split where one is given, for a file. Erased texts are empty; null: not known.
SELECT
    row_key AS key,
    text,
    text_hash,
    toString(d.language) AS language,
    toString(d.platform) AS platform,
    toString(d.kind) AS kind,
    toString(d.split) AS split,
    group_key AS group,
    group_size,
    mapApply((k, v) -> (k, toUInt8(v.1)), d.labels) AS labels,
    mapApply((k, v) -> (k, v.2), d.labels) AS label_weights,
    weight,
    inclusion,
    toString(d.origin) AS origin,
    is_gold,
    toString(d.source) AS source,
    nullIf(author_hash, '') AS author,
    if(d.labelled_at IS NULL, NULL, toUnixTimestamp64Milli(assumeNotNull(d.labelled_at))) AS labelled_at
FROM dataset_rows AS d
WHERE dataset_id = {dataset_id:String} AND ({split:String} = '' OR toString(d.split) = {split:String})
ORDER BY ordinal
