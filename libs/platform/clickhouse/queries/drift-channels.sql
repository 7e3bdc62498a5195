-- What ran in each channel at the end of a window, and which versions of the policy judged in the window and in the four weeks before it.
-- Parameters: from and to of the window.
SELECT
    channel,
    argMax(thresholds, sequence) AS thresholds,
    argMax(policy_id, sequence) AS policy,
    argMax(policy_version, sequence) AS version,
    arraySort(groupUniqArrayIf(concat(policy_id, '@', toString(policy_version)),
        ifNull(changed_until, fromUnixTimestamp64Milli({to:Int64}, 'UTC')) > fromUnixTimestamp64Milli({from:Int64}, 'UTC'))) AS policies,
    arraySort(groupUniqArrayIf(concat(policy_id, '@', toString(policy_version)),
        changed_at < fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND ifNull(changed_until, fromUnixTimestamp64Milli({to:Int64}, 'UTC')) > fromUnixTimestamp64Milli({from:Int64}, 'UTC') - INTERVAL 28 DAY)) AS policies_before,
    argMax(p.channels[channel].targets, sequence) AS targets
FROM deployments AS d
LEFT JOIN (SELECT policy_id, version, channels FROM policy_published FINAL) AS p ON p.policy_id = d.policy_id AND p.version = d.policy_version
WHERE changed_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
GROUP BY channel
ORDER BY channel
