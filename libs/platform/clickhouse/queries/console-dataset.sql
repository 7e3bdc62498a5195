-- One data set with its report and card; empty while the report is not in the warehouse.
SELECT
    d.dataset_id AS dataset_id, d.name AS name, d.kind AS kind, d.request_id AS request_id, d.policy_id AS policy_id,
    d.policy_version AS policy_version, d.labels_until AS labels_until, d.sources AS sources, d.recipe_id AS recipe_id,
    d.recipe AS recipe, d.rule AS rule, d.rows AS rows, d.digest AS digest, d.splits AS splits, d.categories AS categories,
    d.languages AS languages, d.licences AS licences, d.previous_id AS previous_id, d.expectations AS expectations,
    d.published_at AS published_at, r.report AS report, r.card AS card
FROM (SELECT * FROM datasets WHERE dataset_id = {dataset_id:String}) AS d
LEFT JOIN (SELECT * FROM dataset_reports WHERE dataset_id = {dataset_id:String}) AS r ON r.dataset_id = d.dataset_id
