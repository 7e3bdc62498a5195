-- What the audit of suspected labels says, policy by policy.
SELECT policy_id, policy_version, flagged, drawn, audited, wrong, share, decision, measured_at
FROM label_error_audit
ORDER BY policy_id, policy_version DESC
