-- A page of the registry, in its order.
SELECT
    seq,
    item_key,
    has_text,
    text_hash,
    exact_key,
    base64Encode(bands) AS bands,
    base64Encode(sketch) AS sketch,
    root,
    tied,
    toString(split) AS split,
    is_quarantined
FROM dataset_items FINAL
WHERE seq >= {from:UInt64} AND seq < {to:UInt64}
ORDER BY seq
