-- Every published policy with its questions, the newest version first.
SELECT policy_id, version, document FROM policy_published FINAL ORDER BY policy_id, version DESC
