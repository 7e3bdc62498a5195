-- Parameters of the last exact pass of each question; labeler_id is empty for all labelers together.
SELECT question, labeler_id, sensitivity, specificity, prevalence, toString(vanished) AS vanished, pass_id
FROM label_skills FINAL
WHERE run_at = (SELECT argMax(run_at, (window_to, run_at)) FROM job_runs FINAL WHERE job = 'label-resolve')
ORDER BY question, labeler_id
