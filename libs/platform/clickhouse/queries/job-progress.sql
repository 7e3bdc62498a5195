-- Ends of the finished windows of a job, ascending.
SELECT toUnixTimestamp64Milli(window_to) AS window_to
FROM job_runs FINAL
WHERE job = {job:String}
ORDER BY window_to DESC
LIMIT 1
