-- What a version of a policy asks in a channel.
SELECT
    toString(channels[{channel:String}].uncovered) AS uncovered,
    mapApply(
        (k, v) -> (k, tuple(v.block_precision, v.review_recall, v.provisional_block, v.provisional_review)),
        channels[{channel:String}].targets) AS targets
FROM policy_published FINAL
WHERE policy_id = {policy_id:String} AND version = {version:Int32} AND mapContains(channels, {channel:String})
