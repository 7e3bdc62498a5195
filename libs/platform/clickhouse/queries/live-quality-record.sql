-- Remembers which draws and labels the sums of a window have seen.
INSERT INTO live_quality_runs (window_from, window_to, labels_until, draws_until, took_ms, run_at)
SELECT fromUnixTimestamp64Milli({from:Int64}, 'UTC'), fromUnixTimestamp64Milli({to:Int64}, 'UTC'), {labels_until:UInt64}, {draws_until:UInt64}, {took_ms:UInt64}, fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
