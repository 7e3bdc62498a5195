-- The policy of the bundle that is live in a channel.
SELECT toString(policy_id) AS policy_id, policy_version FROM deployments WHERE channel = {channel:String} AND changed_until IS NULL
