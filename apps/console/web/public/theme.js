// Runs before the first paint, so it stands alone. `src/ui/theme.ts` writes what it reads.
try {
  const chosen = localStorage.getItem('tidegate-theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Without storage the system decides.
}
