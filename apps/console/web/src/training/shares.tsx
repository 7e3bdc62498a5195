interface SharesProps {
  /** What the parts are of, for who hears it. */
  readonly label: string;
  readonly parts: readonly { readonly name: string; readonly count: number; readonly look: string }[];
}

/** Parts of a whole in one line; the figures stand beside it. */
export function Shares({ label, parts }: SharesProps) {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const said = parts.map(({ name, count }) => `${count.toLocaleString('en-GB')} ${name}`).join(', ');
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, { count }) => sum + count, 0));
  return (
    <svg className="shares" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={`${label}: ${said}`}>
      <rect className="shares-track" width="100" height="10" />
      {total === 0
        ? null
        : parts.map(({ name, count, look }, index) => (
            <rect
              key={name}
              className={`shares-${look}`}
              x={(100 * (starts[index] ?? 0)) / total}
              width={(100 * count) / total}
              height="10"
            />
          ))}
    </svg>
  );
}
