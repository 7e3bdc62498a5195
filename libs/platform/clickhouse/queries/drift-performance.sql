-- Sums of a week and of the four weeks before it, from which label-free and labelled performance follow, and the targets of the policy in force.
-- Parameter: to, end of the last day.
SELECT
    d.channel AS channel,
    d.category AS category,
    toString(d.slice_by) AS slice_by,
    d.slice_value AS slice_value,
    d.day >= toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC')) - 7 AS is_window,
    sum(d.contents) AS contents, sum(d.flagged) AS flagged, sum(d.probability) AS probability, sum(d.flagged_probability) AS flagged_probability,
    sum(d.spread) AS spread, sum(d.flagged_spread) AS flagged_spread,
    sum(d.labelled.contents) AS labelled_contents, sum(d.labelled.flagged) AS labelled_flagged, sum(d.labelled.labels) AS labels,
    sum(d.labelled.flagged_labels) AS flagged_labels, sum(d.labelled.positive_labels) AS positive_labels,
    sum(d.labelled.silent_draws) AS silent_draws, sum(d.labelled.positives) AS positives, sum(d.labelled.true_positives) AS true_positives,
    sum(d.labelled.nn) AS nn, sum(d.labelled.ff) AS ff, sum(d.labelled.bb) AS bb, sum(d.labelled.aa) AS aa, sum(d.labelled.bn) AS bn,
    sum(d.labelled.af) AS af, sum(d.labelled.ab) AS ab
FROM drift_days AS d
WHERE d.day < toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC')) AND d.day >= toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC')) - 35
GROUP BY channel, category, slice_by, slice_value, is_window
ORDER BY channel, category, slice_by, slice_value, is_window
