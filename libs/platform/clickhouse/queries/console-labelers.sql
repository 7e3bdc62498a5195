-- What is known of the people who answer: one row a person, or, of one person, one row a question.
SELECT
    labeler_id, question, answers, unsure, hits, misses, rejections, false_alarms,
    sensitivity, sensitivity_low, sensitivity_high, specificity, specificity_low, specificity_high, standing,
    compared, agreement, repeats, consistency, median_ms, limit_ms, is_hurried, no_run, always_no, drift,
    audit_items, audit_answered, audit_precision, audit_recall, audit_f1, measured_at
FROM labeler_quality
WHERE if({labeler_id:String} = '', question = '', labeler_id = {labeler_id:String} AND question != '')
ORDER BY standing DESC, answers DESC, labeler_id, question
