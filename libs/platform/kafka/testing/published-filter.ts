import type { AbortedTransaction, FetchedMessage } from '../low-level.js';

const ZERO_KEY = Buffer.from([0, 0, 0, 0]);

/** The rule of the published client: one entry of the unsorted list per record, and any zero key ends an abort. */
export function asPublished<M extends FetchedMessage>(recorded: {
  readonly messages: readonly M[];
  readonly abortedTransactions: readonly AbortedTransaction[];
}): readonly M[] {
  const listed = [...recorded.abortedTransactions];
  const aborting = new Set<string>();
  return recorded.messages.filter(({ offset, key, batchContext }) => {
    const [first] = listed;
    if (first !== undefined && Number(offset) >= Number(first.firstOffset)) {
      aborting.add(first.producerId);
      listed.shift();
    }
    if (key?.equals(ZERO_KEY) === true) return aborting.delete(batchContext.producerId) || true;
    return !aborting.has(batchContext.producerId);
  });
}
