import type { Action } from '../api/types.js';

const words: Readonly<Record<Action, string>> = { ALLOW: 'Allow', REVIEW: 'Review', BLOCK: 'Block' };

/** The action by word, shape and colour, so that none of them has to be seen. */
export function ActionBadge({ action }: { readonly action: Action }) {
  return (
    <span className={`badge badge-${action.toLowerCase()}`}>
      <span className="badge-mark" aria-hidden="true" />
      {words[action]}
    </span>
  );
}
