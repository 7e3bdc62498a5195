-- How far people agree: questions first, then rules and categories; the least agreement first, what cannot be told last.
SELECT
    kind, subject, question, policy_id, policy_version, category, clause, rule, alpha, alpha_low, alpha_high, band,
    positive_agreement, positive_low, positive_high, items, answers, vanished, measured_at
FROM label_agreement
ORDER BY kind, alpha IS NULL, alpha, subject
