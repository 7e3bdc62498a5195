-- Remembers that a job finished a window.
INSERT INTO job_runs (job, window_from, window_to, run_at)
SELECT {job:String}, fromUnixTimestamp64Milli({from:Int64}, 'UTC'), fromUnixTimestamp64Milli({to:Int64}, 'UTC'), fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
