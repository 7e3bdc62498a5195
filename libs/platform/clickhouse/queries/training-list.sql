-- What was asked for of late, with what came of it.
SELECT
    t.request_id AS request_id,
    t.attempt AS attempt,
    toString(t.state) AS state,
    t.step AS step,
    t.done AS done,
    t.total AS total,
    t.detail AS detail,
    t.artefact_id AS artefact_id,
    m.name AS name,
    m.dataset_id AS dataset_id,
    toUnixTimestamp64Milli(t.at) AS at_ms
FROM trainings AS t
LEFT JOIN (SELECT artefact_id, any(name) AS name, any(dataset_id) AS dataset_id FROM models GROUP BY artefact_id) AS m
    ON ifNull(t.artefact_id, '') = m.artefact_id
WHERE startsWith(t.request_id, {request_id:String})
ORDER BY t.at DESC
LIMIT {most:UInt32}
