-- Counts the verdicts of a window of whole hours. Rows of a run are read only once the run is recorded in job_runs.
INSERT INTO verdict_hourly_runs (hour, channel, platform, action, category, verdicts, run_at)
SELECT
    toStartOfHour(issued_at, 'UTC') AS hour,
    channel,
    platform,
    asked.2 AS asked_action,
    asked.1 AS asked_category,
    count() AS verdicts,
    fromUnixTimestamp64Milli({run_at:Int64}, 'UTC') AS run_at
FROM
(
    SELECT
        issued_at,
        channel,
        platform,
        arrayJoin(arrayConcat(
            [('', action)],
            arrayFilter(one -> one.2 != 'ALLOW', arrayMap((name, verdict) -> (name, verdict.action), mapKeys(categories), mapValues(categories))))) AS asked
    FROM verdicts
    WHERE issued_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND issued_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND kind != 'RETRACTED'
)
GROUP BY hour, channel, platform, asked_action, asked_category
