/** One figure of several that stand side by side in a list of descriptions. */
export function Tile({ name, value, more }: { readonly name: string; readonly value: string; readonly more: string }) {
  return (
    <div className="tile">
      <dt>{name}</dt>
      <dd>
        <span className="headline number">{value}</span>
        <span className="hint block number">{more}</span>
      </dd>
    </div>
  );
}
