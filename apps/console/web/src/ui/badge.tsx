interface BadgeProps {
  readonly name: string;
  readonly look: 'allow' | 'review' | 'block';
}

/** How good something is by word, shape and colour, so that none of them has to be seen. */
export function Badge({ name, look }: BadgeProps) {
  return (
    <span className={`badge badge-${look}`}>
      <span className="badge-mark" aria-hidden="true" />
      {name}
    </span>
  );
}
