-- Copies label.resolved from one offset to another, every record that is still there. An expert settled a derived label when all facts that
-- decided it are an expert's.
INSERT INTO dataset_labels
SELECT
    d.record_offset,
    d.kind,
    d.platform,
    d.content_id,
    d.revision,
    ifNull(d.policy_id, '') AS policy_id,
    ifNull(d.policy_version, 0) AS policy_version,
    mapApply((k, v) -> (k, tuple(v.1, v.2)), d.categories) AS categories,
    d.rule,
    d.is_settled,
    if(d.kind = 'RESOLVED',
        notEmpty(d.facts) AND arrayAll(f -> f.5, mapValues(d.facts)),
        notEmpty(decided_by) AND arrayAll(q -> mapContains(r.facts, q) AND r.facts[q].5, decided_by)) AS is_expert,
    d.resolved_at
FROM
(
    SELECT *, arrayDistinct(arrayFlatten(arrayMap(c -> if(c.1 = 'UNKNOWN', [], c.3), mapValues(categories)))) AS decided_by
    FROM label_resolved
    WHERE record_offset >= {from:UInt64} AND record_offset < {until:UInt64}
) AS d
LEFT ANY JOIN
(
    SELECT resolved_id, facts
    FROM label_resolved
    WHERE kind = 'RESOLVED' AND record_offset < {until:UInt64} AND resolved_id IN (
        SELECT assumeNotNull(from_resolved_id) FROM label_resolved
        WHERE record_offset >= {from:UInt64} AND record_offset < {until:UInt64} AND from_resolved_id IS NOT NULL)
) AS r ON r.resolved_id = assumeNotNull(d.from_resolved_id)
