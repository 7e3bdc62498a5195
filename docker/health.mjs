/** Health of the role in this container: exit code 0 while it makes progress. Three roles answer on ports of their own. */
const { ROLE, CONTENT_PORT, LABEL_PORT, CONSOLE_PORT, HEALTH_PORT } = process.env;
const port = { content: CONTENT_PORT, label: LABEL_PORT, console: CONSOLE_PORT }[ROLE] ?? HEALTH_PORT;
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(4_000) });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
